"""Debug mode: slow callbacks, wrong threads, what is not callable, where things were made."""

import asyncio
import logging
import threading

import pytest


@pytest.fixture
def debug_loop(loop):
    loop.set_debug(True)
    yield loop
    loop.set_debug(False)


def in_another_thread(function, *args):
    caught = []

    def run():
        try:
            function(*args)
        except BaseException as error:
            caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return caught[0] if caught else None


def test_set_and_get(loop):
    assert loop.get_debug() is False
    loop.set_debug(True)
    assert loop.get_debug() is True


def test_asyncio_run_sets_it():
    async def main():
        return asyncio.get_running_loop().get_debug()

    assert asyncio.run(main(), debug=True) is True
    assert asyncio.run(main(), debug=False) is False


def slow_by(clock, seconds):
    def slow():
        clock.advance(seconds)

    return slow


def test_a_slow_callback_is_reported(debug_loop, one_pass, clock, caplog):
    debug_loop.slow_callback_duration = 1.0
    debug_loop.call_soon(slow_by(clock, 2.0))
    debug_loop.call_soon(slow_by(clock, 0.5))
    with caplog.at_level(logging.WARNING, "asyncio"):
        one_pass()
    [message] = [r.message for r in caplog.records if r.message.startswith("Executing")]
    assert message.startswith("Executing <Handle slow_by.<locals>.slow()")
    assert message.endswith("took 2.000 seconds")


def test_a_slow_task_is_reported_by_its_repr(debug_loop, clock, caplog):
    debug_loop.slow_callback_duration = 1.0

    async def main():
        clock.advance(3)
        await asyncio.sleep(0)

    with caplog.at_level(logging.WARNING, "asyncio"):
        debug_loop.run_until_complete(main())
    [message] = [r.message for r in caplog.records if "took 3.000" in r.message]
    assert message.startswith("Executing <Task pending name='Task-")


def test_the_default_of_slow(loop):
    assert loop.slow_callback_duration == 0.1


def test_nothing_is_reported_outside_debug_mode(loop, one_pass, clock, caplog):
    loop.call_soon(slow_by(clock, 100))
    with caplog.at_level(logging.WARNING, "asyncio"):
        one_pass()
    assert caplog.records == []


@pytest.mark.parametrize("name", ["call_soon", "call_later", "call_at"])
def test_the_wrong_thread(debug_loop, name):
    function = getattr(debug_loop, name)
    arguments = (print,) if name == "call_soon" else (1.0, print)
    caught = []
    debug_loop.call_soon(lambda: caught.append(in_another_thread(function, *arguments)))
    debug_loop.call_soon(debug_loop.stop)
    debug_loop.run_forever()
    assert isinstance(caught[0], RuntimeError)
    assert str(caught[0]) == (
        "Non-thread-safe operation invoked on an event loop other than the current one"
    )


def test_call_soon_threadsafe_is_for_every_thread(debug_loop):
    caught = []
    debug_loop.call_soon(
        lambda: caught.append(in_another_thread(debug_loop.call_soon_threadsafe, debug_loop.stop))
    )
    debug_loop.run_forever()
    assert caught == [None]


@pytest.mark.parametrize("name", ["call_soon", "call_soon_threadsafe", "call_later", "call_at"])
def test_what_is_not_callable(debug_loop, name):
    arguments = (1.0, 5) if name in ("call_later", "call_at") else (5,)
    with pytest.raises(TypeError, match="a callable object was expected by"):
        getattr(debug_loop, name)(*arguments)


@pytest.mark.parametrize("name", ["call_soon", "call_soon_threadsafe", "call_later", "call_at"])
def test_coroutines_are_no_callbacks(debug_loop, name):
    async def function():
        pass

    arguments = (1.0, function) if name in ("call_later", "call_at") else (function,)
    with pytest.raises(TypeError, match="coroutines cannot be used with"):
        getattr(debug_loop, name)(*arguments)


def test_run_in_executor_checks_its_function(debug_loop):
    async def function():
        pass

    with pytest.raises(TypeError, match="coroutines cannot be used with run_in_executor"):
        debug_loop.run_in_executor(None, function)


def test_handles_know_where_they_were_made(debug_loop):
    for handle in (
        debug_loop.call_soon(print),
        debug_loop.call_soon_threadsafe(print),
        debug_loop.call_later(1, print),
        debug_loop.call_at(1, print),
    ):
        assert handle._source_traceback[-1].filename == __file__
        assert f"created at {__file__}" in repr(handle)
        handle.cancel()


def test_tasks_know_where_they_were_made(debug_loop):
    async def main():
        task = asyncio.create_task(asyncio.sleep(0))
        made_here = debug_loop.create_task(asyncio.sleep(0))
        await task
        await made_here
        return repr(made_here)

    assert f"created at {__file__}" in debug_loop.run_until_complete(main())


def test_the_programs_lines_are_not_cut_off_where_something_was_made(debug_loop):
    made = {}

    async def main():
        made["handle"] = debug_loop.call_soon(int)
        made["timer"] = debug_loop.call_later(1, int)
        made["future"] = debug_loop.create_future()
        made["task"] = debug_loop.create_task(asyncio.sleep(0))
        await made["task"]
        made["timer"].cancel()

    def deeper(levels):
        return deeper(levels - 1) if levels else debug_loop.run_until_complete(main())

    deeper(1)
    for kind, each in made.items():
        frames = each._source_traceback
        names = [frame.name for frame in frames if frame.filename == __file__]
        assert names[-3:] == ["deeper"] * 2 + ["main"], kind
        if kind in ("handle", "timer"):
            assert not [frame for frame in frames if "javaloop/_" in frame.filename]


def test_debug_mode_may_change_while_tasks_run(loop):
    async def main():
        for debug in (True, False, True, False):
            loop.set_debug(debug)
            await asyncio.sleep(0)
            await asyncio.create_task(asyncio.sleep(0))
            await asyncio.sleep(0.0001)
        return "done"

    assert loop.run_until_complete(main()) == "done"


def test_a_cancelled_handle_keeps_its_text_in_debug_mode(debug_loop):
    handle = debug_loop.call_soon(print, 1)
    handle.cancel()
    assert "print" in repr(handle)
    assert "cancelled" in repr(handle)


def test_tasks_in_debug_mode(debug_loop):
    async def work(i):
        await asyncio.sleep(0)
        return i

    async def main():
        return await asyncio.gather(*(work(i) for i in range(3)))

    assert debug_loop.run_until_complete(main()) == [0, 1, 2]


def test_the_log_names_the_kernels_poller(caplog):
    """Every program that logs at that level shows it."""
    with caplog.at_level(logging.DEBUG, logger="asyncio"):
        asyncio.new_event_loop().close()
    assert [record.getMessage() for record in caplog.records] == ["Using selector: EpollSelector"]
