"""A module ``uvloop`` whose loops are ours: for programs that ask for uvloop by name."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

from javaloop import _host


def install() -> None:
    """Has ``import uvloop`` give it, also where uvloop is installed."""
    module = _Uvloop("uvloop", "javaloop under uvloop's name.")
    module.__dict__["__all__"] = ("new_event_loop", "install", "EventLoopPolicy", "run", "Loop")
    loop = _Uvloop("uvloop.loop", "Where uvloop has its loop.")
    loop.__dict__["__all__"] = ("Loop",)
    module.__dict__["loop"] = loop
    for each in (module, loop):
        # importlib.util.find_spec, by which programs look whether uvloop is there, wants one.
        each.__spec__ = ModuleSpec(each.__name__, None)
        sys.modules[each.__name__] = each


class _Uvloop(ModuleType):
    __version__ = "0.0+javaloop"

    def __getattr__(self, name: str) -> object:
        # Late, as javaloop's own are: importing asyncio is slow on a cold JVM.
        if name not in self.__dict__["__all__"]:
            raise AttributeError(
                f"module {self.__name__!r} has no attribute {name!r}; it is javaloop's here"
            )
        import javaloop

        value = getattr(javaloop, name)
        setattr(self, name, value)
        return value


_host.ensure()
