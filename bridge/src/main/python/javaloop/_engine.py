"""The loop of the engine that runs here."""

from javaloop import _host
from javaloop._shared_loop import LoopStats

TYPE_CHECKING = False
if TYPE_CHECKING or _host.ON_GRAALPY:
    from javaloop._loop import Loop
elif _host.by_ffm():
    from javaloop._engines.cpython.loop import Loop
else:  # of a child process without a JVM, whose loops are asyncio's
    from javaloop._asyncio import BaseLoop as Loop

__all__ = ["Loop", "LoopStats"]
