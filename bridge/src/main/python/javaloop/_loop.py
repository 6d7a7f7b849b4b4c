"""The loop that Java drives, on GraalPy.

A pass is one call of ``_run_once``: Java polls, expires timers and runs what Java threads posted;
what became ready then joins the run queue here, behind what was there, and the queue is run once.
"""

from __future__ import annotations

import collections
import heapq
import math
import os
import selectors
import weakref
from _thread import RLock, get_ident
from asyncio import base_events, events, tasks
from collections.abc import Callable
from contextvars import Context
from typing import Any

from javaloop import _anext, _host, _kernel, _names, _task, _tls
from javaloop._asyncio import BaseSelector, ThreadSafeHandle
from javaloop._graalpy_loop import EngineLoop
from javaloop._shared_loop import LoopStats

_Handle = _task.Handle
TimerHandle = _task.TimerHandle
_PostedHandle = ThreadSafeHandle or _Handle
_PostedInDebug = ThreadSafeHandle or events.Handle
_FRAMES_OF_POSTED = 2 if ThreadSafeHandle else 1  # in its source's traceback

_anext.install()
_kernel.install()
_names.install()
_tls.install()

_base_events: Any = base_events
_READ = selectors.EVENT_READ
_WRITE = selectors.EVENT_WRITE


class _HostSelector(BaseSelector):
    """The selector that the inherited transports register with: Java's poller.

    The loop's own passes do without ``select``. Who puts another in its place, as virtual clocks do,
    gets asyncio's.
    """

    def __init__(self, host: _host.HostLoop, loop: Loop) -> None:
        super().__init__()
        self._host = host
        self._loop = weakref.ref(loop)
        # Keeps the map and the poller in step when two threads change one descriptor. Re-entrant, for
        # handlers of signals.
        self._lock = RLock()
        # The handles of those who read and do not write, by the event that says they are ready.
        self.readers: dict[int, events.Handle] = {}

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "select" and (loop := self._loop()) is not None:
            loop._take_timers_back()

    def _remember(self, fd: int, events: int, data: Any) -> None:
        event = ~(fd << 2 | _READ)
        if events == _READ and type(data) is tuple and data[0] is not None:
            self.readers[event] = data[0]
        else:
            self.readers.pop(event, None)

    def _watch(self, fd: int, interest: int) -> None:
        errno = self._host.watch(fd, interest)
        if errno:
            raise OSError(errno, f"{os.strerror(errno)}: descriptor {fd} cannot be watched")

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        with self._lock:
            key = super().register(fileobj, events, data)
            try:
                self._watch(key.fd, events)
            except BaseException:
                super().unregister(fileobj)
                raise
            self._remember(key.fd, events, data)
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        with self._lock:
            key = super().unregister(fileobj)
            self._remember(key.fd, 0, None)
            self._host.watch(key.fd, 0)
        return key

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        with self._lock:
            key = self.get_key(fileobj)
            # Also for the events it had: the number may be another file's by now, whose owner would
            # wait for nothing.
            self._watch(key.fd, events)
            key = key._replace(events=events, data=data)
            self._fd_to_key[key.fd] = key
            self._remember(key.fd, events, data)
        return key

    def select(self, timeout: float | None = None) -> list[Any]:
        """A pass in Java, for asyncio's ``_run_once`` and those of its form, as nest_asyncio's.

        What it gives is for ``_process_events``.
        """
        found = self._host.runFor(math.inf if timeout is None else timeout)
        return [found] if found else []

    def close(self) -> None:
        self._host.close()
        self.readers.clear()
        super().close()


# Shows in asyncio's debug log; Java's poller is what it names.
_HostSelector.__name__ = "EpollSelector"


class Loop(EngineLoop):
    """An asyncio event loop whose passes, timers and poller are Java's.

    Thread rules are asyncio's: ``call_soon_threadsafe`` is for any thread, the rest for the thread
    that runs the loop. As on asyncio's loops, other threads may watch descriptors all the same.
    """

    __module__ = "javaloop"

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__(**named)
        if cls.call_soon is not Loop.call_soon:
            cls._Task = tasks.Task  # each step through it

    def __init__(self, selector: selectors.BaseSelector | None = None) -> None:
        """
        :param selector: closed, for programs that name one: Java's poller takes its place
        """
        if selector is not None:
            selector.close()
        host = _host.require().newLoop()
        self._host = host
        self._host_run: Callable[[bool], int] = host.run
        self._host_wakeup = host.wakeup
        self._host_events = host.events()
        # For compiled Python entering Java is cheap.
        self._start_timer, self._cancel_timer = host.callAt, host.cancel
        self._host_sockets: Any = None
        self._timers: dict[int, TimerHandle] = {}  # by their numbers in Java
        selector = _HostSelector(host, self)
        self._readers = selector.readers
        try:
            super().__init__(selector)
        except BaseException:
            selector.close()
            raise
        self._heap: list[Any] | None = None  # of timers, where they are not Java's
        self._ready: collections.deque[events.Handle] = collections.deque()
        # No finalizers: a generator that is dropped would never run its finally blocks.
        self._asyncgens = set[Any]()
        self._asyncgens_swept = 64

    # --- what programs put in place of the loop's own

    def _take_timers_back(self) -> list[Any]:
        """From now on each pass is asyncio's own, and so is the heap of timers, which is given."""
        heap = self._heap
        if heap is None:
            # As asyncio's own would be, with the cancelled ones: programs fire what is there in its order.
            host, timers = self._host, self._timers
            numbers, deadlines = host.timerNumbers(), host.timerDeadlines()
            heap = [
                timers.get(number) or _cancelled_timer(when, self)
                for number, when in zip(numbers, deadlines, strict=True)
            ]
            self._timer_cancelled_count = host.cancelledTimers()
            self._heap = heap
            for number in timers:
                self._cancel_timer(number)
            timers.clear()
        return heap

    @property
    def _scheduled(self) -> list[Any]:
        """asyncio's heap of timers, in which programs look for them."""
        if self._thread_id is None or self._thread_id == get_ident():
            return self._take_timers_back()
        return sorted(self._timers.values() if self._heap is None else self._heap)

    @_scheduled.setter
    def _scheduled(self, heap: list[Any]) -> None:
        self._heap = heap

    # --- the pass

    def _take(self, count: int) -> None:
        if count < 0:
            # Java interrupted the thread: what Ctrl-C is in a program of its own.
            raise KeyboardInterrupt
        found = self._host_events
        if count > len(found):
            found = self._host_events = self._host.events()
        timers: Any = self._timers
        ready = self._ready
        for i in range(count):
            event = found[i]
            if event >= 0:
                timer = timers.pop(event, None)
                if timer is not None:  # call_at was not interrupted
                    timer._scheduled = False
                    ready.append(timer)
                continue
            event = ~event
            key = self._selector._fd_to_key.get(event >> 2)
            if key is not None:
                self._ready_descriptor(key, event & 3)

    def _ready_descriptor(self, key: selectors.SelectorKey, interest: int) -> None:
        reader, writer = key.data
        if interest & key.events & _READ and reader is not None:
            if reader._cancelled:
                self._remove_reader(key.fileobj)
            else:
                self._ready.append(reader)
        if interest & key.events & _WRITE and writer is not None:
            if writer._cancelled:
                self._remove_writer(key.fileobj)
            else:
                self._ready.append(writer)

    # --- callbacks

    def call_soon(
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> events.Handle:
        if self._closed:
            self._check_closed()
        if self._debug:
            self._check_thread()
            self._check_callback(callback, "call_soon")
            handle = events.Handle(callback, args, self, context)
            if handle._source_traceback:
                del handle._source_traceback[-1]
        else:
            handle = _Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> events.Handle:
        if self._closed:
            self._check_closed()
        if self._debug:
            self._check_callback(callback, "call_soon_threadsafe")
            handle = _PostedInDebug(callback, args, self, context)
            if handle._source_traceback:
                del handle._source_traceback[-_FRAMES_OF_POSTED:]
        else:
            handle = _PostedHandle(callback, args, self, context)
        self._ready.append(handle)
        self._host_wakeup()
        return handle

    def call_later(
        self,
        delay: float | None,
        callback: Callable[..., Any],
        *args: Any,
        context: Context | None = None,
    ) -> TimerHandle:
        if delay is None:
            raise TypeError("delay must not be None")
        timer = self.call_at(self.time() + delay, callback, *args, context=context)
        if timer._source_traceback:
            del timer._source_traceback[-1]
        return timer

    def call_at(
        self,
        when: float | None,
        callback: Callable[..., Any],
        *args: Any,
        context: Context | None = None,
    ) -> TimerHandle:
        if when is None:
            raise TypeError("when cannot be None")
        if self._closed:
            self._check_closed()
        if self._debug:
            self._check_thread()
            self._check_callback(callback, "call_at")
        timer = TimerHandle(when, callback, args, self, context)
        if timer._source_traceback:
            del timer._source_traceback[-1]
        owner = self._thread_id
        if owner is None or owner == get_ident():
            if self._heap is None:
                timer._id = number = self._start_timer(when)
                self._timers[number] = timer
            else:
                self._arm(timer)
        else:
            # asyncio does not forbid it outside debug mode, so it must not hurt.
            self._ready.append(events.Handle(self._arm, (timer,), self, None))
            self._host.wakeup()
        return timer

    def _arm(self, timer: TimerHandle) -> None:
        if timer._cancelled:
            return
        if self._heap is not None:
            heapq.heappush(self._heap, timer)
            return
        timer._id = number = self._start_timer(timer._when)
        self._timers[number] = timer

    def _timer_handle_cancelled(self, handle: TimerHandle) -> None:
        if self._heap is not None:
            super()._timer_handle_cancelled(handle)
            return
        number = handle._id
        if handle._scheduled and self._timers.pop(number, None) is not None:
            self._cancel_timer(number)
        handle._scheduled = False

    def _process_events(self, event_list: list[Any]) -> None:
        for count in event_list:
            self._take(count)

    # --- transports

    def _sockets(self) -> Any:
        if self._host_sockets is None:
            from javaloop import _transports

            self._host_sockets = _transports.Sockets(_host.require().newSockets())
        return self._host_sockets

    # --- asynchronous generators

    def _asyncgen_firstiter_hook(self, agen: Any) -> None:
        known = self._asyncgens
        if len(known) >= self._asyncgens_swept:
            known.difference_update([each for each in known if each.ag_frame is None])
            self._asyncgens_swept = 2 * len(known) + 64
        super()._asyncgen_firstiter_hook(agen)

    # --- waking and closing

    def _write_to_self(self) -> None:
        self._host.wakeup()

    def close(self) -> None:
        if not self.is_running():
            if self.is_closed():
                return
            self._timers.clear()
        super().close()

    # --- what Java says

    def stats(self) -> LoopStats:
        """What Java counted; for any thread."""
        return LoopStats(*self._host.stats())


def _cancelled_timer(when: float, loop: Loop) -> TimerHandle:
    """Stands for a timer that was cancelled, and which only Java still has."""
    timer = TimerHandle(when, None, (), loop, None)
    timer.cancel()  # not counted, as it is not scheduled
    timer._scheduled = True
    return timer
