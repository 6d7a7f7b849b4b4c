"""``anext`` with a default, for GraalPy: what its own gives cannot be awaited."""

from __future__ import annotations

import builtins
from collections.abc import Generator
from typing import Any

_anext: Any = builtins.anext


class _Probe:
    def __anext__(self) -> None:
        return None


class anext_awaitable:  # its name on CPython
    __module__ = "builtins"

    def __init__(self, awaitable: Any, default: Any) -> None:
        self._awaitable = awaitable
        self._default = default
        self._running: Any = None

    def __await__(self) -> Generator[Any, Any, Any]:
        steps: Generator[Any, Any, Any] = self._awaitable.__await__()
        try:
            return (yield from steps)
        except StopAsyncIteration:
            return self._default

    __iter__ = __await__

    def send(self, value: Any) -> Any:
        return self._steps().send(value)

    def throw(self, *error: Any) -> Any:
        return self._steps().throw(*error)

    def close(self) -> None:
        self._steps().close()

    def _steps(self) -> Any:
        if self._running is None:
            self._running = self.__await__()
        return self._running


def _anext_or_default(async_iterator: Any, /, *default: Any) -> Any:
    awaitable = _anext(async_iterator)
    if not default:
        return awaitable
    if len(default) > 1:
        raise TypeError(f"anext expected at most 2 arguments, got {1 + len(default)}")
    return anext_awaitable(awaitable, *default)


_anext_or_default.__name__ = _anext_or_default.__qualname__ = "anext"


def install() -> None:
    """Does nothing on an engine whose own can be awaited."""
    if not hasattr(_anext(_Probe(), None), "__await__"):
        builtins.anext = _anext_or_default
