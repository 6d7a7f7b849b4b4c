"""Signal handlers that a loop asleep in Java does not delay.

GraalPy runs a handler when the main thread next executes Python; ``signal.signal`` here also asks
Java to wake the loops. ``set_wakeup_fd``, which GraalPy lacks, is done by the handlers too. What
``signal.raise_signal`` raises is handled before it returns, as CPython does and uvicorn relies on:
by way of the kernel it would be handled whenever this engine next looks.

The engine interrupts any Python for a handler, also the code of tasks and of the run queue, where
an exception would leave a task that nothing wakes; CPython has that part in C. What arrives in the
loop's code or in asyncio's runs as the next entry of the run queue.
"""

from __future__ import annotations

import errno
import signal
import sys

from javaloop import _host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_handlers: dict[int, Any] = {}

# What loops were given for a signal runs beside a handler that the program sets later.
of_loops: dict[int, Any] = {}


def install() -> None:
    """Replaces ``signal``, ``getsignal`` and ``raise_signal``; does nothing the second time."""
    if getattr(signal.signal, "_javaloop", False):
        return
    host = _host.require().signals()
    builtin_signal, builtin_getsignal = signal.signal, signal.getsignal
    builtin_raise = signal.raise_signal

    def install_one(number: int, handler: Any, before: Any) -> None:
        try:
            builtin_signal(number, handler)
        except ValueError as error:
            if "IllegalArgumentException" not in str(error):
                raise
            # With a stack trace of Java's in it.
            raise OSError(errno.EINVAL, _kept(number)) from None
        if before == signal.SIG_IGN and handler != signal.SIG_IGN:
            host.endIgnoring(number)  # what the engine did is lost on a JVM until then
            builtin_signal(number, handler)

    def set_handler(signalnum: int, handler: Any) -> Any:
        number = int(signalnum)
        before = get_handler(number)
        if callable(handler) and not isinstance(handler, signal.Handlers):

            def deliver(signum: int, frame: Any) -> None:
                host.delivered()
                _deliver(handler, signum, frame)

            install_one(number, deliver, before)
            _handlers[number] = handler
            host.wakeOn(signal.Signals(number).name[3:])
        else:
            install_one(number, handler, before)
            _handlers.pop(number, None)
            if number == signal.SIGINT and handler == signal.SIG_DFL:
                host.release("INT")  # the engine's own default raises KeyboardInterrupt
        return before

    def get_handler(signalnum: int) -> Any:
        number = int(signalnum)
        if number in _handlers:
            return _handlers[number]
        return builtin_getsignal(number)

    def raise_signal(signalnum: int) -> None:
        import threading

        handler = _handlers.get(int(signalnum))
        if handler is not None and threading.current_thread() is threading.main_thread():
            _run(handler, int(signalnum), sys._getframe(1))
        else:
            builtin_raise(signalnum)

    for ours, name in (
        (set_handler, "signal"),
        (get_handler, "getsignal"),
        (raise_signal, "raise_signal"),
    ):
        ours.__name__ = ours.__qualname__ = name
        ours.__module__ = "signal"
        setattr(signal, name, ours)
    setattr(set_handler, "_javaloop", True)  # noqa: B010 # says that it is installed


def _deliver(handler: Any, number: int, frame: Any) -> None:
    """:param frame: what was interrupted; the engine fails over its ``f_back``"""
    events = sys.modules.get("asyncio.events")
    deliver_soon = events and getattr(events._get_running_loop(), "_deliver_soon", None)
    package = frame.f_globals.get("__name__", "").partition(".")[0] if frame else ""
    if deliver_soon and package in ("javaloop", "asyncio"):
        deliver_soon(_run, handler, number, frame)
    else:
        _run(handler, number, frame)


def _run(handler: Any, number: int, frame: Any) -> None:
    of_loop = of_loops.get(number)
    if of_loop is not None and of_loop != handler:
        of_loop(number, frame)
    handler(number, frame)


def _kept(number: int) -> str:
    owner = "the system" if number in (signal.SIGKILL, signal.SIGSTOP) else "the JVM"
    return f"{signal.Signals(number).name} cannot be caught: {owner} keeps it"


def start() -> None:
    """Has the signals of a python's start: Ctrl-C raises, the JVM's shutdown is not in the way.

    Those that the process was started to ignore stay so until the program wants them.
    """
    host = _host.require().signals()
    ignored = host.ignored()
    for name in ("INT", "TERM", "HUP"):
        number = getattr(signal, f"SIG{name}")
        if ignored >> (number - 1) & 1:
            signal.signal(number, signal.SIG_IGN)
        elif number == signal.SIGINT:
            signal.signal(number, signal.default_int_handler)
        else:
            host.release(name)
