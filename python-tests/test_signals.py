"""Signals: handlers of the loop and of the program, and Ctrl-C."""

import asyncio
import errno
import os
import signal
import threading
import time

import pytest

SIGNALS = [signal.SIGTERM, signal.SIGHUP, signal.SIGALRM, signal.SIGWINCH]


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_loops_handler_runs_in_the_loop(loop, number):
    seen = []

    def handler(*args):
        seen.append((args, threading.current_thread()))
        loop.stop()

    before = signal.getsignal(number)
    loop.add_signal_handler(number, handler, 1, 2)
    try:
        loop.call_soon(os.kill, os.getpid(), number)
        loop.call_later(3600, pytest.fail)
        loop.run_forever()
    finally:
        assert loop.remove_signal_handler(number) is True
    assert seen == [((1, 2), threading.main_thread())]
    assert loop.remove_signal_handler(number) is False
    signal.signal(number, before)


def test_the_programs_handler_wakes_a_loop_that_waits(loop):
    seen = []

    def handler(number, frame):
        seen.append(number)
        loop.call_soon_threadsafe(loop.stop)

    before = signal.signal(signal.SIGTERM, handler)
    try:
        assert signal.getsignal(signal.SIGTERM) is handler
        loop.call_later(3600, pytest.fail)
        loop.call_soon(os.kill, os.getpid(), signal.SIGTERM)
        loop.run_forever()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert seen == [signal.SIGTERM]


def test_what_is_refused(loop):
    async def coroutine():
        pass

    with pytest.raises(TypeError, match="coroutines cannot be used with add_signal_handler"):
        loop.add_signal_handler(signal.SIGTERM, coroutine)
    with pytest.raises(ValueError, match="invalid signal number"):
        loop.add_signal_handler(4711, print)
    with pytest.raises(TypeError, match="sig must be an int"):
        loop.add_signal_handler("TERM", print)
    with pytest.raises(RuntimeError, match="cannot be caught"):
        loop.add_signal_handler(signal.SIGKILL, print)


# CPython can catch these; a JVM needs them.
@pytest.mark.graalpy_only
@pytest.mark.parametrize("name", ["SIGQUIT", "SIGSEGV", "SIGFPE", "SIGILL"])
def test_what_the_jvm_keeps_is_named(loop, name):
    number = signal.Signals[name]
    with pytest.raises(OSError, match=f"{name} cannot be caught: the JVM keeps it") as caught:
        signal.signal(number, print)
    assert caught.value.errno == errno.EINVAL
    with pytest.raises(RuntimeError, match=f"{name} cannot be caught: the JVM keeps it") as caught:
        loop.add_signal_handler(number, print)
    assert "\n" not in str(caught.value)
    assert loop.remove_signal_handler(number) is False


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["KILL", "STOP"])
def test_what_the_system_keeps(number):
    before = signal.getsignal(number)
    with pytest.raises(OSError) as caught:
        signal.signal(number, lambda *args: None)
    assert caught.value.errno == errno.EINVAL
    assert signal.getsignal(number) == before


def test_the_loops_handlers_and_the_programs_side_by_side(loop):
    seen = []

    def done(name):
        seen.append(name)
        if len(seen) == 2:
            loop.stop()

    before = signal.signal(
        signal.SIGHUP, lambda *args: loop.call_soon_threadsafe(done, "program's")
    )
    try:
        loop.add_signal_handler(signal.SIGTERM, done, "loop's")
        loop.call_soon(os.kill, os.getpid(), signal.SIGTERM)
        loop.call_soon(os.kill, os.getpid(), signal.SIGHUP)
        loop.call_later(3600, pytest.fail)
        loop.run_forever()
        assert loop.remove_signal_handler(signal.SIGTERM) is True
    finally:
        signal.signal(signal.SIGHUP, before)
    assert sorted(seen) == ["loop's", "program's"]


@pytest.mark.parametrize("send", ["kill", "raise_signal"])
def test_a_handler_of_the_program_does_not_keep_the_loop_from_its_own(loop, send):
    seen = []
    loop.add_signal_handler(signal.SIGTERM, lambda: (seen.append("loop's"), loop.stop()))
    signal.signal(signal.SIGTERM, lambda *args: seen.append("program's"))
    if send == "kill":
        loop.call_soon(os.kill, os.getpid(), signal.SIGTERM)
    else:
        loop.call_soon(signal.raise_signal, signal.SIGTERM)
    loop.call_later(3600, pytest.fail)
    loop.run_forever()
    assert loop.remove_signal_handler(signal.SIGTERM) is True
    assert seen == ["program's", "loop's"]
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_a_second_handler_takes_the_place_of_the_first(loop):
    seen = []
    loop.add_signal_handler(signal.SIGTERM, seen.append, "first")
    loop.add_signal_handler(signal.SIGTERM, lambda: (seen.append("second"), loop.stop()))
    loop.call_soon(os.kill, os.getpid(), signal.SIGTERM)
    loop.call_later(3600, pytest.fail)
    loop.run_forever()
    loop.remove_signal_handler(signal.SIGTERM)
    assert seen == ["second"]


@pytest.mark.parametrize(
    "number, default",
    [(signal.SIGTERM, signal.SIG_DFL), (signal.SIGINT, signal.default_int_handler)],
    ids=["TERM", "INT"],
)
@pytest.mark.parametrize("end", ["remove", "close"])
def test_a_removed_handler_leaves_the_default(loop, number, default, end):
    loop.add_signal_handler(number, print)
    assert signal.getsignal(number) != default
    if end == "remove":
        assert loop.remove_signal_handler(number) is True
    else:
        loop.close()
    assert signal.getsignal(number) == default


def test_a_handler_that_raises_is_reported(loop, reports):
    def handler():
        loop.call_soon(loop.stop)
        raise ZeroDivisionError

    loop.add_signal_handler(signal.SIGTERM, handler)
    loop.call_soon(os.kill, os.getpid(), signal.SIGTERM)
    loop.call_later(3600, pytest.fail)
    loop.run_forever()
    loop.remove_signal_handler(signal.SIGTERM)
    assert [type(each["exception"]) for each in reports] == [ZeroDivisionError]


def test_only_the_main_thread_adds_handlers(loop):
    errors = []

    def add():
        try:
            loop.add_signal_handler(signal.SIGTERM, print)
        except RuntimeError as error:
            errors.append(str(error))

    thread = threading.Thread(target=add)
    thread.start()
    thread.join()
    assert len(errors) == 1
    assert "main thread" in errors[0]


def test_interrupt_cancels_the_main_task_of_asyncio_run():
    seen = []

    async def main():
        asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGINT)
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise
        finally:
            seen.append("finally")

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(main())
    assert seen == ["cancelled", "finally"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_interrupt_leaves_run_forever(loop):
    loop.call_soon(os.kill, os.getpid(), signal.SIGINT)
    loop.call_later(3600, pytest.fail)
    with pytest.raises(KeyboardInterrupt):
        loop.run_forever()
    assert not loop.is_running()
    assert loop.run_until_complete(asyncio.sleep(0, "again")) == "again"


def test_a_handler_that_arrives_in_the_loops_own_code_runs_between_callbacks(loop):
    pytest.importorskip("polyglot", reason="elsewhere CPython calls the handlers")
    from types import SimpleNamespace

    from javaloop import _signals

    happened = []

    def handler(number, frame):
        happened.append(number)
        raise ZeroDivisionError

    def interrupted(name):
        return SimpleNamespace(f_globals={"__name__": name})

    def callback():
        _signals._deliver(handler, 1, interrupted("javaloop._task"))
        _signals._deliver(handler, 2, interrupted("asyncio.sslproto"))
        happened.append("not in the callback")
        with pytest.raises(ZeroDivisionError):
            _signals._deliver(handler, 3, interrupted("asyncio_of_the_program"))

    loop.call_soon(callback)
    loop.call_soon(happened.append, "after them")
    with pytest.raises(ZeroDivisionError):
        loop.run_forever()
    assert happened == ["not in the callback", 3, 2]
    with pytest.raises(ZeroDivisionError):
        loop.run_forever()
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert happened[3:] == [1, "after them"]
    # Outside of the loop there is nothing to wait for.
    with pytest.raises(ZeroDivisionError):
        _signals._deliver(handler, 4, interrupted("asyncio.runners"))


def test_raise_signal_is_handled_before_it_returns():
    seen = []
    before = signal.signal(
        signal.SIGUSR1, lambda number, frame: seen.append((number, frame.f_code))
    )
    try:
        for n in range(1, 101):
            signal.raise_signal(signal.SIGUSR1)
            assert len(seen) == n
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert seen[0][0] == signal.SIGUSR1
    assert seen[0][1].co_name == "test_raise_signal_is_handled_before_it_returns"
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_raise_signal_in_another_thread_is_handled_by_the_main_one():
    seen = threading.Event()
    threads = []

    def handler(number, frame):
        threads.append(threading.current_thread())
        seen.set()

    before = signal.signal(signal.SIGUSR1, handler)
    try:
        thread = threading.Thread(target=signal.raise_signal, args=(signal.SIGUSR1,))
        thread.start()
        while not seen.wait(0.01):
            pass
        thread.join()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert threads == [threading.main_thread()]


def test_a_main_task_that_raises_what_ctrl_c_sends():
    """As uvicorn does at its end."""

    async def main():
        signal.raise_signal(signal.SIGINT)

    for _ in range(20):
        with pytest.raises(KeyboardInterrupt):
            asyncio.run(main())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
def test_a_signal_that_was_ignored_for_a_while(number):
    came = []
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with pytest.raises(TypeError):
            signal.signal(number, object())
        os.kill(os.getpid(), number)  # still ignored: a refused handler changes nothing
        assert signal.signal(number, lambda *_: came.append(1)) == signal.SIG_IGN
        os.kill(os.getpid(), number)
        while not came:
            time.sleep(0.001)
    finally:
        signal.signal(number, before)
