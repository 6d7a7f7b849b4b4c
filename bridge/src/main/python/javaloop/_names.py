"""Names for coroutines, in the repr() of their tasks.

GraalPy's coroutines have neither ``__name__`` nor ``__qualname__``.
"""

from __future__ import annotations

from asyncio import coroutines
from collections.abc import Coroutine
from types import SimpleNamespace
from typing import Any


class _Named(Coroutine[Any, Any, Any]):
    """What asyncio's formatting reads of a coroutine, and the names."""

    def __init__(self, coro: Any) -> None:
        self._coro = coro
        # Its repr() has the qualified name: <coroutine object A.method at 0x…>.
        self.__qualname__ = repr(coro).removeprefix("<coroutine object ").rpartition(" at ")[0]
        self.__name__ = coro.cr_code.co_name

    @property
    def cr_frame(self) -> Any:
        frame = self._coro.cr_frame
        if frame is None or frame.f_lineno >= 0:
            return frame
        # Not started: CPython tells the line of its def.
        return SimpleNamespace(f_lineno=self._coro.cr_code.co_firstlineno)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._coro, name)

    def send(self, value: Any) -> Any:
        return self._coro.send(value)

    def throw(self, *error: Any) -> Any:
        return self._coro.throw(*error)

    def close(self) -> None:
        self._coro.close()

    def __await__(self) -> Any:
        return self._coro.__await__()


def install() -> None:
    """Does nothing on an engine whose coroutines have names."""
    module: Any = coroutines
    formatted = module._format_coroutine
    if _has_name() or formatted.__module__ == __name__:
        return

    def format_coroutine(coro: Any) -> str:
        if hasattr(coro, "cr_code") and not hasattr(coro, "__qualname__"):
            coro = _Named(coro)
        return formatted(coro)

    module._format_coroutine = format_coroutine


async def _nothing() -> None:
    pass


def _has_name() -> bool:
    coro = _nothing()
    try:
        return hasattr(coro, "__qualname__")
    finally:
        coro.close()
