"""One turn of the loop: Java polls and expires timers, then the run queue is run once.

Where Python is interpreted, entering Java costs as much as three callbacks do. So a pass that has
work does without it when a glance shows that Java would find nothing; asyncio, which looks at its
descriptors in each pass, cannot be told from it.
"""

from __future__ import annotations

import select
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from javaloop import _host
    from javaloop._loop import Loop

# What Java threads post does not show at a glance, so now and then Java is entered all the same.
_MOST_IN_A_ROW = 64


class Glance:
    """Tells whether a pass in Java that does not wait would find something."""

    def __init__(self, host: _host.HostLoop) -> None:
        self._left = 0
        self._due: Any = memoryview(host.due()).cast("B").cast("d")
        poll = select.poll()
        poll.register(host.pollerDescriptor(), select.POLLIN)
        self._poll = poll.poll

    def shows_nothing(self, watched: int) -> bool:
        """Whether that is sure.

        :param watched: how many descriptors are; the first is the loop's own pipe for signals
        """
        if self._left and self._due[0] > monotonic() and (watched == 1 or not self._poll(0)):
            self._left -= 1
            return True
        self._left = _MOST_IN_A_ROW
        return False


def run_once(self: Loop) -> None:
    ready = self._ready
    if not ready and not self._stopping:
        count = self._host_run(True)
    elif self._glance is not None and self._glance.shows_nothing(len(self._selector._fd_to_key)):
        count = 0
    else:
        count = self._host_run(False)
    if count:
        self._take(count)
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
