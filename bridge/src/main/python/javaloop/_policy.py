"""Policies, for programs that choose their loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast

from javaloop import _host
from javaloop._asyncio import BaseLoop, BasePolicy, set_policy
from javaloop._engine import Loop

_T = TypeVar("_T")


def new_event_loop() -> Loop:
    """A new loop; also a ``loop_factory`` for ``asyncio.run`` and ``asyncio.Runner``.

    In a child process without a JVM (forked, or of a pool) it is asyncio's own.
    """
    return cast(Loop, BaseLoop()) if _host.is_child() else Loop()


class EventLoopPolicy(BasePolicy):
    """The default policy, with loops that Java drives."""

    __module__ = "javaloop"

    _loop_factory = staticmethod(new_event_loop)


def run(
    main: Coroutine[Any, Any, _T],
    *,
    loop_factory: Callable[[], asyncio.AbstractEventLoop] = new_event_loop,
    debug: bool | None = None,
) -> _T:
    """``asyncio.run`` on a loop of this package, whatever the policy says."""
    if not hasattr(asyncio, "Runner"):  # 3.10
        return _run_by_policy(main, loop_factory, debug)
    with asyncio.Runner(debug=debug, loop_factory=loop_factory) as runner:
        return runner.run(main)


def _run_by_policy(main: Any, loop_factory: Any, debug: bool | None) -> Any:
    before = asyncio.get_event_loop_policy()  # pyright: ignore[reportDeprecated]
    policy: Any = EventLoopPolicy()
    policy._loop_factory = loop_factory
    set_policy(policy)
    try:
        return asyncio.run(main, debug=debug)
    finally:
        set_policy(before)


def install() -> None:
    """Makes the loops of this package the default of the process."""
    set_policy(EventLoopPolicy())
