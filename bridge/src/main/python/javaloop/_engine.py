"""The loop of the engine that runs here."""

from javaloop import _host

if _host.ON_GRAALPY or not _host.by_ffm():
    from javaloop._loop import Loop
else:
    from javaloop._engines.cpython.loop import Loop

from javaloop._shared_loop import LoopStats

__all__ = ["Loop", "LoopStats"]
