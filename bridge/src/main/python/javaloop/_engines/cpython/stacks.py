"""Gives each thread a stack that is large enough for the JVM."""

from __future__ import annotations

import _thread
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# With less the JVM cannot take the thread on, and ends the process.
LEAST = 256 * 1024


def enlarge_small() -> None:
    """Has threads get ``LEAST`` bytes where ``threading.stack_size`` asks for fewer.

    What it returns is what was asked for.
    """
    set_size = _thread.stack_size
    asked = 0

    def stack_size(size: int = 0, /) -> int:
        nonlocal asked
        before = asked
        set_size(size)  # may refuse it
        if 0 < size < LEAST:
            set_size(LEAST)
        asked = size
        return before

    stack_size.__doc__ = set_size.__doc__
    stack_size(set_size())
    modules: list[Any] = [_thread, sys.modules.get("threading")]
    for module in modules:
        if module is not None:
            module.stack_size = stack_size
