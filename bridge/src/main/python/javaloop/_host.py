"""The Java side, as Python sees it."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing is slow to import, and every start imports this
if TYPE_CHECKING:
    from typing import Any, Protocol

    class HostLoop(Protocol):
        """``dev.javaloop.bridge.graalpy.HostLoop``; its documentation is there."""

        def run(self, block: bool) -> int: ...
        def events(self) -> list[int]: ...
        def callAt(self, when: float) -> int: ...
        def cancel(self, timer_number: int) -> None: ...
        def watch(self, fd: int, interest: int) -> int: ...
        def wakeup(self) -> None: ...
        def useClock(self, seconds: Any) -> None: ...
        def stats(self) -> list[int]: ...
        def close(self) -> None: ...

    class HostSignals(Protocol):
        def wakeOn(self, name: str) -> None: ...
        def delivered(self) -> None: ...

    class HostKernel(Protocol):
        def pidfdOpen(self, pid: int, flags: int) -> int: ...
        def sendfile(self, out_fd: int, in_fd: int, offset: int | None, count: int) -> int: ...

    class Host(Protocol):
        def newLoop(self) -> HostLoop: ...
        def signals(self) -> HostSignals: ...
        def kernel(self) -> HostKernel: ...
        def totals(self) -> list[int]: ...


def _find() -> Host | None:
    if sys.implementation.name != "graalpy":
        return None
    import polyglot  # pyright: ignore[reportMissingImports] # a module of GraalPy

    try:
        found: Host = polyglot.import_value("javaloop.host")  # pyright: ignore
        return found  # pyright: ignore
    except (NameError, RuntimeError, KeyError):
        return None


host = _find()


def require() -> Host:
    if host is None:
        raise ImportError(
            "javaloop needs the JVM it runs in: start the program with ./javaloop,"
            " or from Java with dev.javaloop.bridge.PythonRuntime"
        )
    return host
