"""The Java side, as Python sees it."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing is slow to import, and every start imports this
if TYPE_CHECKING:
    from typing import Any, Protocol

    class HostLoop(Protocol):
        """``dev.javaloop.bridge.host.HostLoop``; its documentation is there."""

        def run(self, block: bool) -> int: ...
        def runAt(self, block: bool, now: float) -> int: ...
        def runFor(self, seconds: float) -> int: ...
        def events(self) -> list[int]: ...
        def callAt(self, when: float) -> int: ...
        def timerNumbers(self) -> list[int]: ...
        def timerDeadlines(self) -> list[float]: ...
        def cancelledTimers(self) -> int: ...
        def cancel(self, timer_number: int) -> None: ...
        def watch(self, fd: int, interest: int) -> int: ...
        def wakeup(self) -> None: ...
        def stats(self) -> list[int]: ...
        def close(self) -> None: ...

    class HostSockets(Protocol):
        def useInbox(self, storage: Any) -> None: ...
        def receive(self, fd: int, length: int) -> int: ...
        def receiveInto(self, fd: int, storage: Any, length: int) -> int: ...
        def newQueue(self) -> HostSendQueue: ...

    class HostSendQueue(Protocol):
        def write(self, fd: int, storage: Any, length: int) -> int: ...
        def send(self, fd: int) -> int: ...
        def size(self) -> int: ...
        def clear(self) -> None: ...

    class HostSignals(Protocol):
        def wakeOn(self, name: str) -> None: ...
        def release(self, name: str) -> None: ...
        def ignored(self) -> int: ...
        def endIgnoring(self, number: int) -> None: ...
        def delivered(self) -> None: ...

    class HostKernel(Protocol):
        def pidfdOpen(self, pid: int, flags: int) -> int: ...
        def socketpair(self, family: int, type: int, protocol: int) -> int: ...
        def fcntl(self, fd: int, command: int, argument: int) -> int: ...
        def sendfile(self, out_fd: int, in_fd: int, offset: int | None, count: int) -> int: ...

    class Host(Protocol):
        def newLoop(self) -> HostLoop: ...
        def newSockets(self) -> HostSockets: ...
        def signals(self) -> HostSignals: ...
        def kernel(self) -> HostKernel: ...
        def totals(self) -> list[int]: ...


ON_GRAALPY = sys.implementation.name == "graalpy"


def _find() -> Host | None:
    if not ON_GRAALPY:
        return None
    import polyglot  # pyright: ignore[reportMissingImports] # a module of GraalPy

    try:
        found: Host = polyglot.import_value("javaloop.host")  # pyright: ignore
        return found  # pyright: ignore
    except (NameError, RuntimeError, KeyError):
        return None


# On GraalPy; CPython has the module ``_javaloop``.
host = _find()


def by_ffm() -> bool:
    """Whether Java is bound to this CPython by its C API."""
    return "_javaloop" in sys.modules and not _forked


def is_child() -> bool:
    """Whether this is a process without a JVM that one with a JVM has made: forked, or for a pool."""
    if _forked:
        return True
    if host is not None or by_ffm():
        return False
    module: Any = sys.modules.get("multiprocessing.process")
    if module is None:
        return False
    # A spawned one imports the program before it has a parent.
    inheriting = getattr(module.current_process(), "_inheriting", False)
    return inheriting or module.parent_process() is not None


def after_fork() -> None:
    """In the child: its JVM is a memory image without threads, not to be called."""
    global _forked
    _forked = True


_forked = False


def ensure() -> None:
    """Has a JVM in this process; a plain CPython starts one.

    :raises ImportError: where there is none to start
    """
    if host is None and not by_ffm():
        if ON_GRAALPY:
            require()
        from javaloop._engines.cpython import start

        start.boot()


def totals() -> list[int] | None:
    """What Java counted of all loops of this process (``LoopStats``); None where there is no Java."""
    if by_ffm():
        loops: Any = sys.modules.get("javaloop._engines.cpython.loop")
        return [0] * 10 if loops is None else list(loops.totals())
    return None if host is None else list(host.totals())


def require() -> Host:
    if host is None:
        raise ImportError(
            "javaloop needs the JVM it runs in: start the program with ./javaloop,"
            " or from Java with dev.javaloop.bridge.PythonRuntime"
        )
    return host
