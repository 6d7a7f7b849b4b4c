"""What of a loop is for GraalPy: tasks without C, signals without ``set_wakeup_fd``."""

from __future__ import annotations

import asyncio
import inspect
import signal
import threading
from asyncio import events, tasks
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any

from javaloop import _pass, _signals, _task
from javaloop._asyncio import PyTask
from javaloop._shared_loop import SharedLoop


class _Delivery(_task.Handle):
    """Runs a signal's handler: what that raises ends ``run_forever``, as if it came in between."""

    __slots__ = ()
    _callback: Any
    _args: Any

    def _run(self) -> None:
        self._callback(*self._args)


class EngineLoop(SharedLoop):
    _Task: Any = _task.Task if tasks.Task is PyTask else tasks.Task
    _run_once = _pass.run_once
    _host_wakeup: Callable[[], None]

    # --- signals: Java wakes the loop

    def _make_self_pipe(self) -> None:
        # Java's eventfd is what wakes the poller.
        self._ssock = self._csock = None
        self._internal_fds = 0

    def _close_self_pipe(self) -> None:
        pass

    def add_signal_handler(self, sig: int, callback: Callable[..., Any], *args: Any) -> None:
        if inspect.iscoroutine(callback) or inspect.iscoroutinefunction(callback):
            raise TypeError("coroutines cannot be used with add_signal_handler()")
        self._check_signal(sig)
        self._check_closed()
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("set_wakeup_fd only works in main thread")
        _signals.install()
        before = self._signal_handlers.get(sig)
        self._signal_handlers[sig] = events.Handle(callback, args, self, None)
        try:
            signal.signal(sig, self._on_signal)
        except (OSError, ValueError) as error:
            if before is None:
                del self._signal_handlers[sig]
            else:
                self._signal_handlers[sig] = before
            why = getattr(error, "strerror", None) or error
            raise RuntimeError(f"sig {sig} cannot be caught: {why}") from error
        _signals.of_loops[sig] = self._on_signal

    def remove_signal_handler(self, sig: int) -> bool:
        if sig in self._signal_handlers:
            _signals.of_loops.pop(sig, None)
        return super().remove_signal_handler(sig)

    def _deliver_soon(self, callback: Callable[..., None], *args: Any) -> None:
        """Main thread, at any point of this loop's code."""
        self._ready.appendleft(_Delivery(callback, args, self, None))
        self._host_wakeup()

    def _on_signal(self, signum: int, frame: Any) -> None:
        self._handle_signal(signum)

    # --- tasks

    def create_task(
        self,
        coro: Coroutine[Any, Any, Any],
        *,
        name: str | None = None,
        context: Context | None = None,
        **kwargs: Any,
    ) -> asyncio.Task[Any]:
        if self._task_factory is None:
            self._check_closed()
            task = self._Task(coro, loop=self, name=name, context=context, **kwargs)
            if task._source_traceback:
                del task._source_traceback[-1]
            return task
        return super().create_task(coro, name=name, context=context, **kwargs)
