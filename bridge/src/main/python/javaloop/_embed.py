"""The guest's side of ``dev.javaloop.bridge.PythonRuntime``: runs on the runtime's thread.

Java reaches it by posts to the loop, so the functions here are called in a pass and must not raise:
what the called code raises goes back to Java as a failure of its call.
"""

from __future__ import annotations

import asyncio
import builtins
import contextvars
import errno
import inspect
import io
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any

from javaloop import _alias, _tracebacks
from javaloop._engine import Loop


class JavaError(Exception):
    """A Java exception that Python awaited; ``java`` is the exception itself."""

    __module__ = "javaloop"

    def __init__(self, message: str, java: Any) -> None:
        super().__init__(message)
        self.java = java


class Forced(KeyboardInterrupt):
    """Ends what does not end within the limit of a close, on engines that cannot end by themselves."""


class Functions:
    """What Java calls."""

    none = None

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self._tasks: set[asyncio.Future[Any]] = set()
        self.closing = False

    def pause(self) -> None:
        """Ends ``run_forever``, for ``serve`` to look what there is to do."""
        # One that was posted while a script had the thread would end a step of the close.
        if not self.closing:
            self._loop.stop()

    # --- calls

    def import_module(self, call: Any, name: str) -> None:
        def load() -> types.ModuleType:
            __import__(name)
            return sys.modules[name]

        self._answer(call, load, call.found)

    def look_up(self, call: Any, module: Any, name: str) -> None:
        def find() -> Any:
            found = module
            for part in name.split("."):
                found = getattr(found, part)
            if not callable(found):
                raise TypeError(f"{name} is not a function but {type(found).__name__}")
            return found

        self._answer(call, find, call.found)

    def call(self, call: Any, function: Callable[..., Any], *arguments: Any) -> None:
        # A copy, as every callback gets one: what it sets is not for the next.
        context = contextvars.copy_context()
        self._answer(call, lambda: context.run(function, *arguments), call.completed)

    def start_task(self, call: Any, function: Callable[..., Any], *arguments: Any) -> None:
        context = contextvars.copy_context()

        def start() -> asyncio.Future[Any]:
            result = context.run(function, *arguments)
            if asyncio.iscoroutine(result):
                return context.run(self._loop.create_task, result)
            if inspect.isawaitable(result):
                return asyncio.ensure_future(result, loop=self._loop)
            name = getattr(function, "__qualname__", function)
            raise TypeError(
                f"{name} is not an async function: it returned {type(result).__name__}, which"
                " cannot be awaited; look it up with function()"
            )

        def begun(task: asyncio.Future[Any]) -> None:
            call.begun(task.cancel)
            self._tasks.add(task)
            task.add_done_callback(lambda task: self._ended(call, task))

        self._answer(call, start, begun)

    def _answer(self, call: Any, work: Callable[[], Any], deliver: Callable[[Any], None]) -> None:
        try:
            result = work()
        except BaseException as error:
            fail(call, error)
        else:
            deliver(result)

    def _ended(self, call: Any, task: asyncio.Future[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            call.cancelled()
        elif (error := task.exception()) is None:
            call.completed(task.result())
        elif not fail(call, error):
            self._loop.call_exception_handler(
                {
                    "message": "exception in a task whose call Java had cancelled",
                    "exception": error,
                    "task": task,
                }
            )

    # --- what crosses

    def awaitable(self, stage: Any) -> asyncio.Future[Any]:
        """An asyncio future of a Java stage; cancelling one cancels the other."""
        future: asyncio.Future[Any] = self._loop.create_future()

        def resolve(value: Any) -> None:
            if not future.done():
                future.set_result(value)

        def reject(kind: str, message: str, text: str, java: Any) -> None:
            if future.done():
                return
            if kind == "cancelled":
                future.cancel()
            else:
                future.set_exception(_from_java(kind, message, text, java))

        def ended(future: asyncio.Future[Any]) -> None:
            if future.cancelled():
                stage.cancel()

        stage.whenDone(resolve, reject)
        future.add_done_callback(ended)
        return future

    def to_int(self, hexadecimal: str) -> int:
        return int(hexadecimal, 16)

    def to_bytes(self, source: Any) -> bytes:
        import polyglot  # pyright: ignore[reportMissingImports] # a module of GraalPy

        copy = bytearray(source.length())
        source.copyTo(polyglot.storage(copy))  # pyright: ignore
        return bytes(copy)

    def to_list(self, items: Any) -> list[Any]:
        return list(items)

    def to_dict(self, items: Any) -> dict[Any, Any]:
        flat = list(items)
        return dict(zip(flat[::2], flat[1::2], strict=True))

    # --- errors

    def report(self, text: str, java: Any) -> None:
        """A Java exception in a post; no call is there to take it."""
        self._loop.call_exception_handler(
            {"message": "exception in a post from Java", "exception": JavaError(text, java)}
        )

    def belongs_to_call(self, error: BaseException) -> bool:
        return any(
            task.done() and not task.cancelled() and task.exception() is error
            for task in self._tasks
        )


def _from_java(kind: str, message: str, text: str, java: Any) -> BaseException:
    """The Python exception of the same meaning, with Java's as its cause."""
    origin = JavaError(text, java)
    if kind == "other":
        return origin
    if kind == "timeout":
        error: OSError = TimeoutError(message)
    elif kind == "os":
        error = OSError(message)
    else:
        error = OSError(int(kind) if kind.isdigit() else getattr(errno, kind), message)
    error.__cause__ = origin
    return error


def fail(target: Any, error: BaseException) -> bool:
    """Returns whether Java took it."""
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__ != builtins.__name__:
        name = f"{kind.__module__}.{name}"
    _tracebacks.clean(error)
    try:
        message = str(error)
    except Exception as broken:
        message = f"<its str() raised {type(broken).__name__}>"
    text = "".join(traceback.format_exception(error))
    return target.failed(name, message, text, _java_origin(error))


def _java_origin(error: BaseException | None) -> Any:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, JavaError):
            return error.java
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return None


class _HostWriter(io.RawIOBase):
    """A Java stream."""

    def __init__(self, stream: Any) -> None:
        super().__init__()
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        copy = bytes(data)
        problem = self._stream.write(copy)
        if problem is not None:
            raise OSError(problem)
        return len(copy)


def _redirect(runtime: Any) -> None:
    for name, stream in ("stdout", runtime.out()), ("stderr", runtime.err()):
        if stream is not None:
            errors = "strict" if name == "stdout" else "backslashreplace"
            writer = io.TextIOWrapper(
                io.BufferedWriter(_HostWriter(stream)), "utf-8", errors, line_buffering=True
            )
            setattr(sys, name, writer)
            setattr(sys, f"__{name}__", writer)


def serve(runtime: Any, functions_of: Callable[[Loop], Functions] = Functions) -> None:
    """Runs the loop until the runtime closes, and the scripts that Java wants run between.

    :param functions_of: makes what Java calls
    """
    _redirect(runtime)
    _alias.install()
    loop = Loop()
    asyncio.set_event_loop(loop)
    functions = functions_of(loop)
    java: Any = getattr(
        loop, "_host", loop
    )  # where Java is bound to CPython it knows the loop itself
    runtime.started(java, functions)
    while not runtime.closing():
        _run_loop(loop, functions)
        while (script := runtime.nextScript()) is not None:
            _run_script(script)
            asyncio.set_event_loop(loop)
    _close(loop, runtime, functions)


def _run_loop(loop: Loop, functions: Functions) -> None:
    try:
        loop.run_forever()
    except Forced:
        pass
    except BaseException as error:
        # sys.exit() in a task ends its call, not the program around the runtime.
        if not functions.belongs_to_call(error):
            loop.call_exception_handler(
                {"message": f"{type(error).__name__} in a callback", "exception": error}
            )


# Whether a script has the thread.
in_script = False


def _run_script(script: Any) -> None:
    global in_script
    from javaloop import _main

    before = sys.modules["__main__"], sys.argv, list(sys.path)
    sys.modules["__main__"] = module = types.ModuleType("__main__")
    sys.argv = list(script.argv())
    try:
        try:
            in_script = True
            _main.run_file(script.path(), module.__dict__)
        finally:
            in_script = False
        _flush()
        script.ended(0)
    except SystemExit as exit:
        _flush()
        script.ended(_main.exit_status(exit))
    except BaseException as error:
        _flush()
        fail(script, error)
    finally:
        sys.modules["__main__"], sys.argv, sys.path[:] = before


def _flush() -> None:
    for stream in sys.stdout, sys.stderr:
        stream.flush()


def _close(loop: Loop, runtime: Any, functions: Functions) -> None:
    """Cancels what runs, as ``asyncio.run`` does at its end."""
    functions.closing = True
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    _last(loop, asyncio.gather(*tasks, return_exceptions=True) if tasks else _nothing())
    for task in tasks:
        # One that was forced to let go of the loop may not be done.
        if task.done() and not task.cancelled() and (error := task.exception()) is not None:
            loop.call_exception_handler(
                {
                    "message": "unhandled exception while the runtime was closed",
                    "exception": error,
                    "task": task,
                }
            )
    _last(loop, loop.shutdown_asyncgens())
    _last(loop, _shutdown_executor(loop, runtime.closeSeconds()))
    asyncio.set_event_loop(None)
    loop.close()
    _flush()


def _shutdown_executor(loop: Loop, seconds: float) -> Any:
    if sys.version_info >= (3, 12):
        return loop.shutdown_default_executor(seconds)
    return loop.shutdown_default_executor()


async def _nothing() -> None:
    pass


def _last(loop: Loop, step: Any) -> None:
    try:
        loop.run_until_complete(step)
    except Forced:
        pass
    except BaseException as error:
        loop.call_exception_handler(
            {"message": "exception while the runtime was closed", "exception": error}
        )
