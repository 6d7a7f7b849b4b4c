"""Timers where Python is interpreted: Java is told of them by notes in memory that both see.

It takes them in its next pass; to enter it for each timer would cost as much as three callbacks do.
What the memory holds is said in ``TimerNotes.java``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from javaloop import _host

_RING = 1024
_LAST = _RING - 1
_DEADLINES = 3
_NUMBERS = _DEADLINES + _RING
_NOW = float("-inf")


class TimerNotes:
    def __init__(self, host: _host.HostLoop) -> None:
        memory = memoryview(host.timerNotes()).cast("B")
        self.due: Any = memory.cast("d")  # in its first word
        self._counts: Any = memory[8:24].cast("q")
        self._deadlines: Any = memory[8 * _DEADLINES : 8 * _NUMBERS].cast("d")
        self._numbers: Any = memory[8 * _NUMBERS :].cast("q")
        self._take = host.takeTimers

    def start(self, when: float) -> int:
        """Starts a timer, and gives its number."""
        counts, due = self._counts, self.due
        number: int = counts[0]
        if not number & _LAST:
            self._take()
        self._deadlines[number & _LAST] = when
        counts[0] = number + 1
        if when < due[0]:
            due[0] = when
        return number

    def cancel(self, number: int) -> None:
        """Cancels a timer that is still to come."""
        counts = self._counts
        count: int = counts[1]
        if not count & _LAST:
            self._take()
        self._numbers[count & _LAST] = number
        counts[1] = count + 1
        self.due[0] = _NOW  # asyncio's next pass looks at it
