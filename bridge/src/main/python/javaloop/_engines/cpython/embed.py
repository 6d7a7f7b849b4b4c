"""The guest's side of runtimes on the CPython of this process, which serves one after another."""

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

from javaloop import _embed

if TYPE_CHECKING:
    from javaloop._engine import Loop

_FORCE = signal.SIGRTMAX - 1
_ENVIRONMENT = sys.prefix + "/"


def prepare() -> None:
    """Once, after Java has booted this CPython, on its main thread."""
    from javaloop._engines.cpython import jvm, stacks, start

    if not sys.argv:
        sys.argv[:] = [""]  # what a python has that runs no program
        sys.orig_argv[:] = [sys.executable]
    jvm.join_jvm()
    stacks.enlarge_small()
    start.leave_children_alone()
    signal.signal(_FORCE, _end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [_FORCE])


class Served:
    """Leaves the interpreter as it was before, but for modules from elsewhere than the sources.

    Those of an environment stay, and what is written in C: much of that cannot be imported twice.
    """

    def __init__(self, sources: list[str]) -> None:
        self._sources = tuple(source.rstrip("/") + "/" for source in sources)
        self._path = list(sys.path)
        self._streams = sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__
        sys.path[:0] = sources

    def end(self) -> None:
        sys.path[:] = self._path
        sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__ = self._streams  # type: ignore[misc]
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if (
                isinstance(file, str)
                and file.startswith(self._sources)
                and file.endswith((".py", ".pyc"))
                and not file.startswith(_ENVIRONMENT)
                and not name.startswith("javaloop")
            ):
                del sys.modules[name]


class _Script:
    def __init__(self, java: Any) -> None:
        self._java = java
        self.path, self.argv, self.ended = java.path, java.argv, java.ended

    def failed(self, name: str, message: str, text: str, java: Any) -> bool:
        name = "KeyboardInterrupt" if name == _FORCED else name
        return self._java.failed(name, message, text, java)


_FORCED = f"{_embed.Forced.__module__}.{_embed.Forced.__qualname__}"


class _Runtime:
    """What ``_embed.serve`` asks of Java."""

    def __init__(self, java: Any) -> None:
        self._java = java
        self.out, self.err = java.out, java.err
        self.closing, self.closeSeconds = java.closing, java.closeSeconds

    def started(self, loop: Loop, functions: _embed.Functions) -> None:
        self._java.started(loop, functions, threading.get_ident(), int(_FORCE))

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


def serve(runtime: Any, sources: list[str]) -> None:
    """Serves a runtime until it is closed."""
    global _forcible, _runtime
    served = Served(sources)
    _runtime = runtime
    try:
        _forcible = True
        _embed.serve(_Runtime(runtime))
    except _embed.Forced:
        pass
    finally:
        _forcible = False
        _runtime = None
        served.end()
