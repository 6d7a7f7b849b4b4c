"""The guest's side of ``dev.javaloop.bridge.jep``: importing this serves one runtime after another.

It runs on CPython's main thread, where JEP takes no Python object and lets no Java call Python. So
values cross as ``marshal`` has them; what has no form there stays on its side, under a number that a
complex one tells, as Java has none; and what Java would call waits there until it is fetched here.
"""

from __future__ import annotations

import collections
import itertools
import marshal
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from javaloop import _embed, _host
from javaloop._engines.cpython import embed

if TYPE_CHECKING:
    from javaloop._engine import Loop

# What a complex number of Java's is, by its real part; the imaginary one says which.
_HANDLE, _HELD, _STAGE = range(3)
_MARSHAL_VERSION = 2
_MAX_DEPTH = 200
_FORCE = signal.SIGRTMAX - 1


class JavaObject:
    """A Java object of a kind that Python can only hand back."""

    __slots__ = ("_held",)
    __module__ = "javaloop"

    def __init__(self, held: Any) -> None:
        self._held = held


class _Refused(TypeError):
    """A value that has no form in Java."""


def _class_of(value: object) -> type[object]:
    return type(value)


def _plain(value: Any, attach: Any, depth: int = 0) -> Any:
    """The value as ``marshal`` takes it, of the classes that Java reads."""
    if depth > _MAX_DEPTH:
        raise _Refused(f"Python's result is nested more than {_MAX_DEPTH} deep, or contains itself")
    kind = _class_of(value)
    if value is None or kind in (bool, int, float, str, bytes):
        return value
    if kind is JavaObject:
        return attach(value)
    for base in int, float, str:
        if isinstance(value, base):
            return getattr(base, f"__{base.__name__}__")(value)
    items: Any = value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(items)
    if isinstance(value, dict):
        return {
            _plain(key, attach, depth + 1): _plain(each, attach, depth + 1)
            for key, each in items.items()
        }
    if isinstance(value, Sequence):
        return [_plain(each, attach, depth + 1) for each in items]
    name = (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )
    raise _Refused(
        f"a Python {name} cannot cross to Java; return numbers, strings, bytes, lists or dicts"
    )


class _Call:
    """A call of Java's, by its number, as ``Functions`` completes it."""

    __slots__ = ("_functions", "_java", "_number")

    def __init__(self, number: int, java: Any, functions: _Functions) -> None:
        self._number = number
        self._java = java
        self._functions = functions

    def begun(self, cancel: Any) -> None:
        self._functions.cancels[self._number] = cancel

    def found(self, value: Any) -> None:
        self._end().found(self._functions.keep(value))

    def completed(self, result: Any) -> None:
        try:
            marshalled = marshal.dumps(result, _MARSHAL_VERSION)
        except ValueError:
            self._complete_slowly(result)
        else:
            self._functions.cancels.pop(self._number, None)
            self._java.completed(self._number, marshalled)

    def _complete_slowly(self, result: Any) -> None:
        call = self._end()
        attached = itertools.count()

        def attach(value: JavaObject) -> complex:
            call.attach(value._held)
            return complex(_HELD, next(attached))

        try:
            marshalled = marshal.dumps(_plain(result, attach), _MARSHAL_VERSION)
        except Exception as error:
            call.refused(str(error))
        else:
            call.completed(marshalled)

    def failed(self, name: str, message: str, text: str, java: Any) -> bool:
        call = self._end()
        if name == _FORCED:
            call.cancelled()
            return True
        return call.failed(name, _text(message), _text(text), _held(java))

    def cancelled(self) -> None:
        self._end().cancelled()

    def _end(self) -> Any:
        self._functions.cancels.pop(self._number, None)
        return self._java.call(self._number)


_FORCED = f"{_embed.Forced.__module__}.{_embed.Forced.__qualname__}"


def _held(java: JavaObject | None) -> Any:
    return None if java is None else java._held


def _text(text: str) -> str:
    """What JEP can encode."""
    return text.encode(errors="backslashreplace").decode()


class _Stage:
    def __init__(self, java: Any, functions: _Functions) -> None:
        self._java = java
        self._functions = functions

    def whenDone(self, resolve: Any, reject: Any) -> None:
        self._java.whenDone(self._functions.keep((resolve, reject)))

    def cancel(self) -> None:
        self._java.cancel()


class _Script:
    def __init__(self, java: Any) -> None:
        self._java = java

    def path(self) -> str:
        return self._java.path()

    def argv(self) -> list[str]:
        return list(self._java.argv())

    def ended(self, status: int) -> None:
        self._java.ended(status)

    def failed(self, name: str, message: str, text: str, java: Any) -> bool:
        name = "KeyboardInterrupt" if name == _FORCED else name
        return self._java.failed(name, _text(message), _text(text), _held(java))


class _Functions(_embed.Functions):
    """The same for Java, which fetches and is fetched from."""

    def __init__(self, loop: Loop, java: Any) -> None:
        super().__init__(loop)
        self._java = java
        self._inbox: Any = memoryview(java.inbox())
        self._fetched: collections.deque[Any] = collections.deque()
        self._kept: dict[int, Any] = {}
        self._numbers = itertools.count(1)
        self.cancels: dict[int, Callable[[], Any]] = {}  # of tasks, by the numbers of their calls
        loop._take_mail = self._take_mail

    def keep(self, value: Any) -> int:
        number = next(self._numbers)
        self._kept[number] = value
        return number

    def drop(self, number: int) -> None:
        self._kept.pop(number, None)

    def cancel_task(self, number: int) -> None:
        cancel = self.cancels.get(number)
        if cancel is not None:
            cancel()

    def stage_resolved(self, number: int, value: Any) -> None:
        self._kept.pop(number)[0](value)

    def stage_rejected(self, number: int, kind: str, message: str, text: str, java: Any) -> None:
        self._kept.pop(number)[1](kind, message, text, java)

    def _take_mail(self) -> None:
        java = self._java
        memory = self._inbox if java.fetch() else memoryview(java.overflow())
        # What an interrupt of the last time left comes first.
        fetched = self._fetched
        fetched.extend(marshal.loads(memory))
        while fetched:
            function = getattr(self, fetched.popleft())
            number, marked, arguments = fetched.popleft(), fetched.popleft(), fetched.popleft()
            if marked:
                arguments = self._found(arguments)
            if number:
                function(_Call(number, java, self), *arguments)
            else:
                function(*arguments)

    def _found(self, value: Any) -> Any:
        kind = _class_of(value)
        if kind is list:
            return [self._found(each) for each in value]
        if kind is dict:
            return {self._found(key): self._found(each) for key, each in value.items()}
        if kind is not complex:
            return value
        number = int(value.imag)
        if value.real == _HANDLE:
            return self._kept[number]
        found = self._java.take(number)
        if value.real == _STAGE:
            return self.awaitable(_Stage(found, self))
        return JavaObject(found)


class _Runtime:
    """What ``serve`` asks of Java."""

    def __init__(self, java: Any) -> None:
        self._java = java
        self.out, self.err = java.out, java.err
        self.closing, self.closeSeconds = java.closing, java.closeSeconds

    def started(self, loop: Any, functions: _Functions) -> None:
        self._java.started(loop, threading.get_ident(), _FORCE)

    def nextScript(self) -> _Script | None:
        script = self._java.nextScript()
        return None if script is None else _Script(script)


_forcible = False
_runtime: Any = None


def _end(number: int, frame: Any) -> None:
    """``close()`` interrupts a script as Ctrl-C would; what does not end by its limit it forces."""
    if _runtime is not None and _runtime.takeInterrupt():
        if _embed.in_script:
            raise KeyboardInterrupt
    elif _forcible:
        raise _embed.Forced


def _serve(runtime: Any) -> None:
    global _forcible, _runtime
    served = embed.Served(list(runtime.sources()))
    _runtime = runtime
    try:
        _forcible = True
        _embed.serve(_Runtime(runtime), lambda loop: _Functions(loop, runtime))
    except _embed.Forced:
        pass
    finally:
        _forcible = False
        _runtime = None
        served.end()


def _run() -> None:
    host: Any = _host.require()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the JVM's
    signal.signal(_FORCE, _end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [_FORCE])
    host.ready()
    while True:
        runtime = host.nextRuntime()
        try:
            _serve(runtime)
        except BaseException as error:
            # In Java it would end the process, or the interpreter.
            sys.__excepthook__(type(error), error, error.__traceback__)
        host.served()


_run()
