"""A module ``uvloop`` whose loops are ours: for programs that ask for uvloop by name."""

from __future__ import annotations

import sys
from types import ModuleType

from javaloop import _host


def install() -> None:
    """Has ``import uvloop`` give it, also where uvloop is installed."""
    module = _Uvloop("uvloop", "javaloop under uvloop's name.")
    module.__dict__["__all__"] = ("new_event_loop", "install", "EventLoopPolicy", "run", "Loop")
    sys.modules["uvloop"] = module


class _Uvloop(ModuleType):
    __version__ = "0.0+javaloop"

    def __getattr__(self, name: str) -> object:
        # Late, as javaloop's own are: importing asyncio is slow on a cold JVM.
        if name not in self.__dict__["__all__"]:
            raise AttributeError(
                f"module 'uvloop' has no attribute {name!r}; it is javaloop's here"
            )
        import javaloop

        value = getattr(javaloop, name)
        setattr(self, name, value)
        return value


_host.require()
