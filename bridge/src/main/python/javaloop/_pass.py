"""One turn of the loop: Java polls and expires timers, then the run queue is run once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from javaloop._asyncio import BaseLoop

if TYPE_CHECKING:
    from javaloop._loop import Loop

# What tells the time unless a program replaces it. In a tuple, as freezegun replaces such names too.
CLOCK = (time.monotonic, BaseLoop.time)


def has_other_clock(loop: Loop) -> bool:
    """Whether a program has replaced it: of the loop, of its class or in the module ``time``."""
    return time.monotonic is not CLOCK[0] or getattr(loop.time, "__func__", None) is not CLOCK[1]


def run_once(self: Loop) -> None:
    if self._heap is not None:
        BaseLoop._run_once(self)
        return
    ready = self._ready
    block = not ready and not self._stopping
    other_clock = self._timers and has_other_clock(self)
    count = self._host.runAt(block, self.time()) if other_clock else self._host_run(block)
    if count:
        self._take(count)
    run_ready(self)


def run_ready(self: Loop) -> None:
    """Runs each handle by its own method; what becomes ready meanwhile waits for the next pass."""
    ready = self._ready
    debug = self._debug
    pop = ready.popleft
    for _ in range(len(ready)):
        handle = pop()
        if handle._cancelled:
            continue
        if debug:
            self._run_timed(handle)
        else:
            handle._run()
    handle = None  # a reference cycle would keep the last one alive through an exception
