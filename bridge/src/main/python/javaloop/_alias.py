"""Gives programs that name asyncio's own loop ours instead, once they import asyncio."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any


def install() -> None:
    if "asyncio" in sys.modules:
        _give(sys.modules["asyncio"])
    else:
        sys.meta_path.insert(0, _Finder())  # pyright: ignore[reportArgumentType] # it has what is asked of it


def _give(asyncio: Any) -> None:
    from javaloop._loop import Loop
    from javaloop._policy import EventLoopPolicy

    for module in (asyncio, asyncio.unix_events):
        module.SelectorEventLoop = Loop
        module.DefaultEventLoopPolicy = EventLoopPolicy
        if hasattr(module, "EventLoop"):  # 3.13
            module.EventLoop = Loop


class _Finder:
    """Steps in for the first import of asyncio, and is gone after it.

    Not an ``importlib.abc.MetaPathFinder`` in name: importing that takes a quarter of a second.
    """

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != "asyncio":
            return None
        sys.meta_path.remove(self)
        import importlib.util

        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)  # pyright: ignore[reportAttributeAccessIssue]
        return spec


class _Loader:
    def __init__(self, real: Any) -> None:
        self._real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._real.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._real
        if module.__spec__ is not None:
            module.__spec__.loader = self._real
        self._real.exec_module(module)
        _give(module)
