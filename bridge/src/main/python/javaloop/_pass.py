"""One turn of the loop: Java polls and expires timers, then the run queue is run once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from javaloop._loop import Loop


def run_once(self: Loop) -> None:
    ready = self._ready
    count = self._host_run(not ready and not self._stopping)
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
