"""One turn of the loop where Python is interpreted.

There, entering Java costs as much as three callbacks do. So a pass that has work does without it
when a glance shows that Java would find nothing; asyncio, which looks at its descriptors in each
pass, cannot be told from it. And half of a handle's cost is the way to its callback, which is
therefore called from here.
"""

from __future__ import annotations

import select
import time
from asyncio import events
from time import monotonic
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from javaloop import _task
from javaloop._asyncio import BaseLoop
from javaloop._pass import CLOCK, run_ready

if TYPE_CHECKING:
    from javaloop import _host
    from javaloop._loop import Loop

# What Java threads post does not show at a glance, so now and then Java is entered all the same.
_MOST_IN_A_ROW = 64


class Glance:
    """Tells whether a pass in Java that does not wait would find something."""

    def __init__(self, host: _host.HostLoop, due: Any) -> None:
        """
        :param due: memory in whose first place is from when on Java has timers to look at
        """
        self.found = 0  # by the last pass that did not wait: a busy loop does not look twice
        self._left = 0
        self._due = due
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


_Handle = _task.Handle
_TimerHandle = _task.TimerHandle
_AsyncioHandle = events.Handle
_run_handle = events.Handle._run


def run_once(self: Loop) -> None:
    if self._heap is not None:
        BaseLoop._run_once(self)
        return
    ready = self._ready
    block = not ready and not self._stopping
    glance = self._glance
    if self._timers and (
        time.monotonic is not CLOCK[0] or getattr(self.time, "__func__", None) is not CLOCK[1]
    ):  # has_other_clock, whose call would be a tenth of a pass
        count = self._host.runAt(block, self.time())
    elif block:
        count = self._host_run(True)
    elif not glance.found and glance.shows_nothing(len(self._selector._fd_to_key)):
        count = 0
    else:
        glance.found = count = self._host_run(False)
    if count == 1:
        reader = self._readers.get(self._host_events[0])
        if reader is not None and not reader._cancelled:
            ready.append(reader)
        else:
            self._take(1)
        reader = None
    elif count > 1:
        # Most events are of those who read: looking them up takes no bytecode.
        found = self._host_events[:count].tolist()
        readers = [
            reader
            for reader in map(self._readers.get, found)
            if reader is not None and not reader._cancelled
        ]
        if len(readers) == count:
            ready.extend(readers)
        else:
            self._take(count)
        found = readers = None
    elif count:
        self._take(count)
    if self._debug or _AsyncioHandle._run is not _run_handle:  # some tools put theirs there
        run_ready(self)
        return
    pop = ready.popleft
    for _ in range(len(ready)):
        handle = pop()
        if handle._cancelled:
            continue
        kind = type(handle)
        if kind is not _Handle and kind is not _AsyncioHandle and kind is not _TimerHandle:
            handle._run()
            continue
        args = handle._args
        try:
            # Unpacking is half of a short callback's time.
            if not args:
                result = handle._context.run(handle._callback)
            elif len(args) == 1:
                result = handle._context.run(handle._callback, args[0])
            else:
                result = handle._context.run(handle._callback, *args)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            _Ran(handle, [], error).end()
        else:
            if result is not None:
                dropped = [result] if type(result) is CoroutineType else None
                result = None
                if dropped:
                    _Ran(handle, dropped).end()  # the warning tells who has dropped it
    handle = args = None  # a reference cycle would keep them alive through an exception


class _Ran:
    """Has a handle do with what its callback has given or raised as if it had called it itself.

    It takes the place of the handle's context for a moment.
    """

    def __init__(self, handle: Any, results: list[Any], error: BaseException | None = None) -> None:
        self._handle = handle
        self._context, self._args = handle._context, handle._args
        self._results = results
        self._error = error

    def end(self) -> None:
        handle = self._handle
        handle._context, handle._args = self, ()  # none are there if the callback has cancelled it
        handle._run()

    def run(self, _: object) -> Any:
        handle, error = self._handle, self._error
        handle._context, handle._args = self._context, self._args
        del self._handle, self._error
        if error is None:
            return self._results.pop()
        traceback = error.__traceback__
        raise error.with_traceback(traceback and traceback.tb_next)
