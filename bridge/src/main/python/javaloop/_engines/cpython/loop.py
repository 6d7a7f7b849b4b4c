"""The loop on CPython: its scheduling methods and its pass are Java's.

Java sets them on the class (``LoopMethods.java``), so they are methods like others: subclasses,
``super()``, ``patch.object`` and ``inspect.signature`` see what they are used to. It reads the
slots of a loop; every other attribute is asyncio's and stays in Python.
"""

from __future__ import annotations

import collections
import inspect
import os
import selectors
import signal
import threading
import weakref
from asyncio import events
from types import CoroutineType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from javaloop import _shared_loop
from javaloop._asyncio import BaseLoop, BaseSelector
from javaloop._engines.cpython import java_methods

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import Context

LoopStats = _shared_loop.LoopStats

_READ = selectors.EVENT_READ
_WRITE = selectors.EVENT_WRITE


class EpollSelector(BaseSelector):
    """The selector that asyncio's code registers with: Java's poller.

    The loop's own passes do without ``select``. Who puts another in its place, as virtual clocks do,
    gets asyncio's.
    """

    def __init__(self, loop: Loop) -> None:
        super().__init__()
        self._loop = weakref.ref(loop)
        # Keeps the map and the poller in step when two threads change one descriptor. Re-entrant, for
        # handlers of signals.
        self._lock = threading.RLock()

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "select" and (loop := self._loop()) is not None:
            loop._take_queues_back()

    def _watch(self, fd: int, events: int, data: Any) -> None:
        loop = self._loop()
        if loop is None:
            return
        pair: Any = data
        reader, writer = pair if isinstance(data, tuple) and len(pair) == 2 else (None, None)
        loop._watch(fd, events, reader, writer)

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        with self._lock:
            key = super().register(fileobj, events, data)
            try:
                self._watch(key.fd, events, data)
            except BaseException:
                super().unregister(fileobj)
                raise
            return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        with self._lock:
            key = super().unregister(fileobj)
            self._watch(key.fd, 0, None)
            return key

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        with self._lock:
            key = self.get_key(fileobj)
            # Also for the events it had: the number may be another file's by now, whose owner would
            # wait for nothing.
            self._watch(key.fd, events, data)
            key = key._replace(events=events, data=data)
            self._fd_to_key[key.fd] = key
            return key

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        loop = self._loop()
        if loop is None:
            return []
        keys = self._fd_to_key
        return [
            (keys[fd], ready & keys[fd].events)
            for fd, ready in loop._select(timeout)
            if fd in keys and ready & keys[fd].events
        ]

    def close(self) -> None:
        loop = self._loop()
        if loop is not None:
            loop._end_state()
        super().close()


EpollSelector.__module__ = "selectors"


class Loop(_shared_loop.SharedLoop):
    """An asyncio event loop whose passes, timers and poller are Java's.

    Thread rules are asyncio's: ``call_soon_threadsafe`` is for any thread, the rest for the thread
    that runs the loop.
    """

    __module__ = "javaloop"

    # What Java reads. ``_state`` is the number of what it has of this loop; without it there is nothing.
    # ``_ready_handles`` and ``_timer_handles`` are its two queues, where the collector sees them.
    __slots__ = (
        "_closed",
        "_debug",
        "_ready_handles",
        "_state",
        "_stopping",
        "_task_factory",
        "_timer_handles",
    )

    if TYPE_CHECKING:
        _state: int
        _ready_handles: tuple[Any, ...]
        _timer_handles: tuple[Any, ...]

        def _open_state(self) -> int: ...
        def _close_state(self) -> None: ...
        def _clear_state(self) -> None: ...
        def _set_repeats(self, repeats: bool, /) -> None: ...
        def _set_quiet(self, count: int, /) -> None: ...
        def _watch(self, fd: int, events: int, reader: Any, writer: Any, /) -> None: ...
        def _select(self, seconds: float | None, /) -> list[tuple[int, int]]: ...
        def _take_back(self) -> tuple[list[Any], list[Any], int]: ...
        def _counters(self) -> tuple[int, ...]: ...
        def _copy_queues(self) -> tuple[list[Any], list[Any], int]: ...
        def _add_callback(self, handle: Any, /) -> None: ...
        def _add_timer(self, timer: Any, /) -> None: ...

    def __init__(self, selector: selectors.BaseSelector | None = None) -> None:
        """
        :param selector: closed, for programs that name one: Java's poller takes its place
        """
        if selector is not None:
            selector.close()
        self._queues: tuple[Any, Any] | None = None  # asyncio's, where they are not Java's
        self._last_counters: tuple[int, ...] = ()
        self._closed = True  # there is nothing to close yet
        self._state = self._open_state()
        _open.add(self)
        try:
            super().__init__(EpollSelector(self))
        except BaseException:
            self._closed = True
            self._end_state()
            raise

    def _end_state(self) -> None:
        if hasattr(self, "_state"):
            self._last_counters = self._counters()
            _add_totals(self._last_counters)
            _open.discard(self)
            self._close_state()

    # --- what programs put in place of the loop's own

    def _take_queues_back(self) -> tuple[Any, Any]:
        """From now on each pass is asyncio's own, and so are both queues, which are given."""
        if self._queues is None:
            ready, timers, self._timer_cancelled_count = self._take_back()
            self._queues = collections.deque(ready), timers
        return self._queues

    def _queue(self, which: int) -> Any:
        if self._queues is not None:
            return self._queues[which]
        if not hasattr(self, "_state") or self._closed:
            return [] if which else collections.deque[Any]()
        if self._thread_id is None or self._thread_id == threading.get_ident():
            return self._take_queues_back()[which]
        ready, timers, _ = self._copy_queues()
        return timers if which else collections.deque(ready)

    def _set_queue(self, which: int, queue: Any) -> None:
        if self._queues is None:
            if not queue:
                return  # an empty one, of __init__
            self._take_queues_back()
        queues: list[Any] = list(self._queues or ())
        queues[which] = queue
        self._queues = queues[0], queues[1]

    @property
    def _ready(self) -> Any:
        """asyncio's queue of handles, in which programs look for them."""
        return self._queue(0)

    @_ready.setter
    def _ready(self, queue: Any) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        self._set_queue(0, queue)

    @property
    def _scheduled(self) -> Any:
        """asyncio's heap of timers, in which programs look for them."""
        return self._queue(1)

    @_scheduled.setter
    def _scheduled(self, heap: Any) -> None:
        self._set_queue(1, heap)

    # --- running

    def run_forever(self) -> None:
        self._check_closed()
        self._check_running()  # 3.13.0 looks too late, and leaves the loop that runs broken
        if not hasattr(self, "_state"):  # of a forked child
            super().run_forever()
            return
        own_pass = type(self)._run_once is _run_once and "_run_once" not in vars(self)
        self._set_repeats(own_pass)
        before = self._hear_signals()
        try:
            super().run_forever()
        finally:
            if before is not None:
                signal.set_wakeup_fd(before)
            if hasattr(self, "_state"):
                self._set_repeats(False)

    def _hear_signals(self) -> int | None:
        """Has signals that the kernel gives to another thread wake this loop too.

        It gives them to the process's first thread if it can, which is not Python's main thread where
        a JVM has booted CPython.

        :return: what ``set_wakeup_fd`` was set to; None where nothing was done
        """
        if (
            threading.get_native_id() == os.getpid()
            or threading.current_thread() is not threading.main_thread()
        ):
            return None
        return signal.set_wakeup_fd(self._csock.fileno(), warn_on_full_buffer=False)

    def remove_signal_handler(self, sig: int) -> bool:
        removed = super().remove_signal_handler(sig)
        if self._thread_id == threading.get_ident():
            self._hear_signals()
        return removed

    def _call_soon(
        self, callback: Callable[..., Any], args: Any, context: Context | None
    ) -> events.Handle:
        handle = events.Handle(callback, args, self, context)
        if handle._source_traceback:
            del handle._source_traceback[-1]
        self._add_callback(handle)
        return handle

    # --- the self-pipe, on which signals arrive

    def _make_self_pipe(self) -> None:
        super()._make_self_pipe()
        self._set_quiet(1)

    # --- transports

    def _kind_of_socket_transport(self) -> Any:
        from javaloop._engines.cpython import transports

        return transports.SocketTransport

    def _kind_of_ssl_protocol(self) -> Any:
        from javaloop._engines.cpython import tls

        return tls.SSLProtocol

    # --- closing

    def close(self) -> None:
        if not self.is_running() and not self.is_closed() and hasattr(self, "_state"):
            self._clear_state()
        super().close()
        # Also where the collector has cleared the selector's way to the loop.
        self._end_state()

    # --- what Java says

    def stats(self) -> LoopStats:
        """What Java counted; for any thread."""
        return LoopStats(*(self._counters() if hasattr(self, "_state") else self._last_counters))


# --- the plain ways, for what the fast ones are not for


def _call_at(
    self: Loop,
    when: float | None,
    callback: Callable[..., Any],
    *args: Any,
    context: Context | None = None,
) -> events.TimerHandle:
    if self._queues is not None:
        return BaseLoop.call_at(self, when, callback, *args, context=context)  # pyright: ignore
    if when is None:
        raise TypeError("when cannot be None")
    self._check_closed()
    if self._debug:
        self._check_thread()
        self._check_callback(callback, "call_at")
    timer: Any = events.TimerHandle(when, callback, args, self, context)
    if timer._source_traceback:
        del timer._source_traceback[-1]
    self._add_timer(timer)
    return timer


def _add_callback(self: Loop, handle: events.Handle) -> None:
    if not handle._cancelled:
        self._ready.append(handle)


def _run(_: Loop, handle: Any) -> None:
    try:
        if not handle._cancelled:
            handle._run()
    finally:
        handle = None  # an exception that a task keeps may keep this frame


def _run_in_debug(self: Loop, handle: Any) -> None:
    try:
        if not handle._cancelled:
            self._run_timed(handle)
    finally:
        handle = None


def _cancelled_ready(self: Loop, fd: int, event: int) -> None:
    if event == _READ:
        self._remove_reader(fd)
    else:
        self._remove_writer(fd)


class _Ran:
    """Stands in for the context of a handle whose callback has run, and gives what that gave.

    ``Handle._run`` then reports an exception or a dropped coroutine as if it had called the callback
    itself, so that messages and warnings name the handle and its place.
    """

    def __init__(self, handle: Any, results: list[Any], error: BaseException | None = None) -> None:
        self._handle = handle
        self._context, self._args = handle._context, handle._args
        self._results = results
        self._error = error

    def report(self) -> None:
        handle = self._handle
        handle._context, handle._args = self, ()  # none are there if the callback has cancelled it
        handle._run()

    def run(self, _: object) -> Any:
        handle, error = self._handle, self._error
        handle._context, handle._args = self._context, self._args
        del self._handle, self._error
        if error is None:
            return self._results.pop()
        raise error


def _failed(handle: Any, error: BaseException) -> None:
    _Ran(handle, [], error).report()


def _coroutine_dropped(handle: Any, result: list[CoroutineType[Any, Any, Any]]) -> None:
    _Ran(handle, result).report()


# --- totals of the process

_open: weakref.WeakSet[Loop] = weakref.WeakSet()
_totals = [0] * len(LoopStats._fields)


def _add_totals(counts: tuple[int, ...]) -> None:
    _totals[:] = _sum(_totals, counts)


def _sum(total: Any, counts: Any) -> list[int]:
    *added, longest = zip(total, counts, strict=True)
    return [a + b for a, b in added] + [max(longest)]


def totals() -> LoopStats:
    """What Java counted of all loops that were made: added up, and of the longest pass the longest."""
    result: list[int] = list(_totals)
    for loop in list(_open):
        result = _sum(result, loop.stats())
    return LoopStats(*result)


def _install() -> Any:
    import _javaloop  # pyright: ignore # made by Java

    class Probe(Loop):
        __slots__ = ()

        def __del__(self) -> None: ...

    base: Any = BaseLoop
    plain = SimpleNamespace(
        call_soon=base.call_soon,
        call_soon_threadsafe=base.call_soon_threadsafe,
        call_later=base.call_later,
        call_at=_call_at,
        create_task=base.create_task,
        create_task_signature=_signature(base.create_task),
        get_debug=base.get_debug,
        run_once=base._run_once,
        timer_handle_cancelled=base._timer_handle_cancelled,
        add_callback=_add_callback,
        run=_run,
        run_in_debug=_run_in_debug,
        cancelled_ready=_cancelled_ready,
        failed=_failed,
        coroutine_dropped=_coroutine_dropped,
    )
    _javaloop.install_loop(Loop, Probe, plain)  # pyright: ignore


def _signature(function: Any) -> str:
    """A function's name and parameters, as a builtin's documentation has them."""
    parameters = inspect.signature(function)
    bare = [
        each.replace(annotation=inspect.Parameter.empty) for each in parameters.parameters.values()
    ]
    return function.__name__ + str(inspect.Signature(bare)).replace("(self", "($self", 1)


def leave_java() -> None:
    """In a forked child: the class is asyncio's, and so are the loops that there were."""
    java_methods.leave(Loop)
    for loop in list(_open):
        if loop._queues is None:
            loop._queues = (
                collections.deque(_in_ring(loop._ready_handles[1:])),
                _in_ring(loop._timer_handles[1:]),
            )
        del loop._ready_handles, loop._timer_handles, loop._state
        loop._last_counters = (0,) * len(LoopStats._fields)
        before: Any = loop._selector
        child: Any = loop
        child._selector = selectors.DefaultSelector()
        for key in before.get_map().values():
            loop._selector.register(key.fileobj, key.events, key.data)
            java_methods.rebind_all(key.data)
        for queue in loop._queues:
            java_methods.rebind_all(queue)


def _in_ring(places: tuple[Any, ...]) -> list[Any]:
    """What is in a ring, of which at least one place is empty if it does not begin at the first."""
    if places[-1] is not None and None in places:
        start = len(places) - places[::-1].index(None)
        places = places[start:] + places[:start]
    return [each for each in places if each is not None]


_install()
_run_once = Loop._run_once
