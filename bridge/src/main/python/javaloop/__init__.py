"""A Java event loop under asyncio.

Works inside a JVM: in programs that ``./javaloop`` starts, and in Java programs that embed Python.
In a CPython of its own it starts a JVM when the first of its names is used.
"""

from __future__ import annotations

from javaloop import _host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from javaloop._engine import Loop, LoopStats
    from javaloop._policy import EventLoopPolicy, install, new_event_loop, run

__all__ = ["EventLoopPolicy", "Loop", "LoopStats", "install", "new_event_loop", "run"]

_HOME = {
    "EventLoopPolicy": "javaloop._policy",
    "Loop": "javaloop._engine",
    "LoopStats": "javaloop._engine",
    "install": "javaloop._policy",
    "new_event_loop": "javaloop._policy",
    "run": "javaloop._policy",
}

if _host.ON_GRAALPY and not _host.is_child():
    _host.require()


def __getattr__(name: str) -> object:
    # asyncio is slow to import on a cold JVM: only those who use the loop pay for it.
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    if not _host.is_child():
        _host.ensure()
    # First: its import ends with ours, which have to be whole for that.
    importlib.import_module("asyncio")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
