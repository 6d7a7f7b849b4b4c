"""What of a loop is for CPython: signals wake it by ``signal.set_wakeup_fd``. Tasks are asyncio's, in C."""

from __future__ import annotations

import signal
import threading
from typing import Any

from javaloop import _cpython_pass, _cpython_timers
from javaloop._shared_loop import SharedLoop


class EngineLoop(SharedLoop):
    _run_once = _cpython_pass.run_once

    def _enter(self, host: Any) -> None:
        notes = _cpython_timers.TimerNotes(host)
        self._start_timer, self._cancel_timer = notes.start, notes.cancel
        self._glance = _cpython_pass.Glance(host, notes.due)

    def run_forever(self) -> None:
        """Runs until ``stop``; meanwhile a signal that another thread gets wakes this one too.

        The JVM's first thread blocks signals, so the system may choose any thread of Python's.
        """
        self._check_closed()
        self._check_running()  # 3.13.0 looks too late, and leaves the loop that runs broken
        if threading.current_thread() is not threading.main_thread():
            super().run_forever()
            return
        before = signal.set_wakeup_fd(self._csock.fileno(), warn_on_full_buffer=False)
        try:
            super().run_forever()
        finally:
            signal.set_wakeup_fd(before)
