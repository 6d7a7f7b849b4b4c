"""Gives programs that name asyncio's own loop ours instead, once they import asyncio."""

from __future__ import annotations

import os
import sys

from javaloop import _host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any


def install() -> None:
    _once_imported("asyncio", _give)


def spawn_by_default() -> None:
    """Has processes spawned where the program does not say how."""
    _once_imported("multiprocessing", _spawn)


def _once_imported(name: str, change: Callable[[Any], None]) -> None:
    if name in sys.modules:
        change(sys.modules[name])
    else:
        sys.meta_path.insert(0, _Finder(name, change))  # pyright: ignore[reportArgumentType] # it has what is asked of it


def _give(asyncio: Any) -> None:
    from javaloop._asyncio import POLICY
    from javaloop._engine import Loop
    from javaloop._policy import EventLoopPolicy

    given = {"SelectorEventLoop": Loop, POLICY: EventLoopPolicy}
    if hasattr(asyncio, "EventLoop"):  # 3.13
        given["EventLoop"] = Loop
    own = {name: getattr(asyncio.unix_events, name) for name in given}
    _set(asyncio, given)
    if not _host.ON_GRAALPY:

        def after_fork() -> None:
            _host.after_fork()
            _set(asyncio, own)

        os.register_at_fork(after_in_child=after_fork)


def _set(asyncio: Any, names: dict[str, Any]) -> None:
    for module in (asyncio, asyncio.unix_events):
        for name, value in names.items():
            if name in vars(module):
                setattr(module, name, value)


def _spawn(multiprocessing: Any) -> None:
    default = multiprocessing.context._default_context
    default._default_context = default.get_context("spawn")


class _Finder:
    """Steps in for the import of a module, until the module is loaded.

    Who only asks for the module's spec gets one with our loader in it, and can ask again.
    Not an ``importlib.abc.MetaPathFinder`` in name: importing that takes a quarter of a second.
    """

    def __init__(self, name: str, change: Callable[[Any], None]) -> None:
        self._name = name
        self._change = change

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != self._name:
            return None
        for finder in list(sys.meta_path):
            find = getattr(finder, "find_spec", None)
            if finder is self or find is None:
                continue
            spec: ModuleSpec | None = find(name, path, target)
            if spec is not None:
                if spec.loader is not None:
                    loader: Any = _Loader(spec.loader, self._loaded)
                    spec.loader = loader
                return spec
        return None

    def _loaded(self, module: Any) -> None:
        # A copy that somebody makes beside the program's module is left alone.
        if sys.modules.get(self._name) is module and self in sys.meta_path:
            sys.meta_path.remove(self)  # pyright: ignore[reportArgumentType] # as where it was put in
            self._change(module)


class _Loader:
    """A module's own loader, and what is done after it has loaded the module."""

    def __init__(self, real: Any, loaded: Callable[[Any], None]) -> None:
        self._real = real
        self._loaded = loaded

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)  # get_source, is_package, ...

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._real.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._real
        if module.__spec__ is not None:
            module.__spec__.loader = self._real
        self._real.exec_module(module)
        self._loaded(module)
