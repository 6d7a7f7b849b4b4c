"""The guest's side of ``dev.javaloop.bridge.PythonRuntime``: runs on the runtime's thread.

Java reaches it by posts to the loop, so every function here is called in a pass and must not raise:
what the called code raises goes back to Java as a failure of its call.
"""

from __future__ import annotations

import asyncio
import sys
import traceback
import types
from collections.abc import Callable
from typing import Any

from javaloop._loop import Loop


class JavaError(Exception):
    """A Java exception that Python awaited; ``java`` is the exception itself."""

    def __init__(self, message: str, java: Any) -> None:
        super().__init__(message)
        self.java = java


class Functions:
    """What Java calls."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self.pause = loop.stop

    def import_module(self, name: str, call: Any) -> None:
        import importlib

        self._answer(call, lambda: importlib.import_module(name), call.found)

    def look_up(self, module: Any, name: str, call: Any) -> None:
        def find() -> Any:
            found = module
            for part in name.split("."):
                found = getattr(found, part)
            if not callable(found):
                raise TypeError(f"{name} is not a function but {type(found).__name__}")
            return found

        self._answer(call, find, call.found)

    def call(self, function: Callable[..., Any], call: Any, *arguments: Any) -> None:
        self._answer(call, lambda: function(*arguments), call.completed)

    def start_task(self, function: Callable[..., Any], call: Any, *arguments: Any) -> None:
        def start() -> asyncio.Future[Any]:
            result = function(*arguments)
            if not (asyncio.isfuture(result) or asyncio.iscoroutine(result)):
                name = getattr(function, "__qualname__", function)
                raise TypeError(f"{name} is not an async function; use function() for it")
            return asyncio.ensure_future(result, loop=self._loop)

        def begun(task: asyncio.Future[Any]) -> None:
            call.begun(task.cancel)
            task.add_done_callback(lambda task: self._answer_task(call, task))

        self._answer(call, start, begun)

    def awaitable(self, stage: Any) -> asyncio.Future[Any]:
        """An asyncio future of a Java stage; cancelling one cancels the other."""
        future: asyncio.Future[Any] = self._loop.create_future()

        def resolve(value: Any) -> None:
            if not future.done():
                future.set_result(value)

        def reject(kind: str, message: str, java: Any) -> None:
            if future.done():
                return
            if kind == "cancelled":
                future.cancel()
                return
            error = {"timeout": TimeoutError, "os": OSError}.get(kind)
            made = error(message) if error else JavaError(message, java)
            made.__cause__ = None if error is None else JavaError(message, java)
            future.set_exception(made)

        def ended(future: asyncio.Future[Any]) -> None:
            if future.cancelled():
                stage.cancel()

        stage.whenDone(resolve, reject)
        future.add_done_callback(ended)
        return future

    def to_bytes(self, items: Any) -> bytes:
        return bytes(list(items))

    def to_list(self, items: Any) -> list[Any]:
        return list(items)

    def to_dict(self, items: Any) -> dict[Any, Any]:
        flat = list(items)
        return dict(zip(flat[::2], flat[1::2], strict=True))

    def _answer(self, call: Any, work: Callable[[], Any], deliver: Callable[[Any], None]) -> None:
        try:
            result = work()
        except BaseException as error:
            _fail(call, error)
        else:
            deliver(result)

    def _answer_task(self, call: Any, task: asyncio.Future[Any]) -> None:
        if task.cancelled():
            call.cancelled()
        elif (error := task.exception()) is not None:
            _fail(call, error)
        else:
            call.completed(task.result())


def _fail(target: Any, error: BaseException) -> None:
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__ != "builtins":
        name = f"{kind.__module__}.{name}"
    error = error.with_traceback(_without_own_frames(error.__traceback__))
    target.failed(name, str(error), "".join(traceback.format_exception(error)))


def _without_own_frames(tb: types.TracebackType | None) -> types.TracebackType | None:
    while tb is not None and tb.tb_frame.f_code.co_filename == __file__:
        tb = tb.tb_next
    return tb


def serve(runtime: Any) -> None:
    """Runs the loop until the runtime closes, and the scripts that Java wants run between."""
    loop = Loop()
    asyncio.set_event_loop(loop)
    runtime.started(loop._host, Functions(loop))
    while not runtime.closing():
        loop.run_forever()
        while (script := runtime.nextScript()) is not None:
            _run_script(script)
            asyncio.set_event_loop(loop)
    _close(loop, runtime.closeSeconds())


def _run_script(script: Any) -> None:
    from javaloop import _main

    before = sys.modules["__main__"], sys.argv, list(sys.path)
    sys.modules["__main__"] = module = types.ModuleType("__main__")
    sys.argv = list(script.argv())
    try:
        _main.run_file(script.path(), module.__dict__)
        script.ended(0)
    except SystemExit as exit:
        script.ended(_main.exit_status(exit))
    except BaseException as error:
        _fail(script, error)
    finally:
        sys.modules["__main__"], sys.argv, sys.path[:] = before


def _close(loop: Loop, seconds: float) -> None:
    """Cancels what runs, as ``asyncio.run`` does at its end."""
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks))
    for task in tasks:
        if not task.cancelled() and (error := task.exception()) is not None:
            loop.call_exception_handler(
                {
                    "message": "unhandled exception while the runtime was closed",
                    "exception": error,
                    "task": task,
                }
            )
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.run_until_complete(loop.shutdown_default_executor(seconds))
    asyncio.set_event_loop(None)
    loop.close()
