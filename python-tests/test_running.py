"""Running, stopping and closing: in which order, from where, and what is refused how."""

import asyncio
import socket
import sys
import threading

import pytest


def test_run_until_complete_returns_the_result(loop):
    assert loop.run_until_complete(asyncio.sleep(0, "result")) == "result"


def test_run_until_complete_takes_futures(loop):
    future = loop.create_future()
    loop.call_soon(future.set_result, 5)
    assert loop.run_until_complete(future) == 5
    assert loop.run_until_complete(future) == 5


@pytest.mark.parametrize("bad", [1, None, print])
def test_run_until_complete_wants_an_awaitable(loop, bad):
    with pytest.raises(TypeError, match=r"An asyncio\.Future, a coroutine or an awaitable"):
        loop.run_until_complete(bad)


def test_stop_before_the_future_is_done(loop):
    async def main():
        loop.stop()
        await loop.create_future()

    with pytest.raises(RuntimeError, match=r"Event loop stopped before Future completed\."):
        loop.run_until_complete(main())
    for task in asyncio.all_tasks(loop):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            loop.run_until_complete(task)


def test_stop_ends_with_the_pass(loop):
    seen = []
    loop.call_soon(loop.stop)
    loop.call_soon(seen.append, "same pass")
    loop.call_soon(lambda: loop.call_soon(seen.append, "next pass"))
    loop.run_forever()
    assert seen == ["same pass"]
    loop.stop()
    loop.run_forever()
    assert seen == ["same pass", "next pass"]


def test_stop_twice_is_stop(loop):
    loop.stop()
    loop.stop()
    loop.run_forever()
    loop.call_soon(loop.stop)
    loop.run_forever()


def test_a_loop_runs_again_and_again(loop):
    for i in range(50):
        assert loop.run_until_complete(asyncio.sleep(0, i)) == i


def test_is_running(loop):
    assert not loop.is_running()

    async def main():
        assert loop.is_running()
        assert asyncio.get_running_loop() is loop
        assert asyncio.get_event_loop() is loop

    loop.run_until_complete(main())
    assert not loop.is_running()
    with pytest.raises(RuntimeError, match="no running event loop"):
        asyncio.get_running_loop()


@pytest.mark.skipif(
    sys.version_info[:2] == (3, 13) and asyncio.SelectorEventLoop.__module__ != "javaloop",
    reason="3.13.0's own loop never ends after it: run_forever cleans up what it did not begin",
)
def test_a_loop_in_itself(loop):
    async def main():
        with pytest.raises(RuntimeError, match="This event loop is already running"):
            loop.run_forever()
        coro = asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="This event loop is already running"):
            loop.run_until_complete(coro)
        coro.close()
        await asyncio.sleep(0)

    loop.run_until_complete(main())


def test_another_loop_in_a_running_one(loop):
    other = asyncio.new_event_loop()

    async def main():
        with pytest.raises(
            RuntimeError, match="Cannot run the event loop while another loop is running"
        ):
            other.run_forever()
        assert not other.is_running()

    loop.run_until_complete(main())
    other.close()


def test_asyncio_run_in_a_running_loop(loop):
    async def main():
        coro = asyncio.sleep(0)
        with pytest.raises(
            RuntimeError, match=r"asyncio.run\(\) cannot be called from a running event loop"
        ):
            asyncio.run(coro)
        coro.close()

    loop.run_until_complete(main())


def test_two_threads_cannot_run_one_loop(loop):
    caught = []

    def run():
        try:
            loop.run_forever()
        except RuntimeError as error:
            caught.append(str(error))

    async def main():
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()

    loop.run_until_complete(main())
    assert caught == ["This event loop is already running"]


def test_a_loop_runs_in_a_thread_that_did_not_make_it(loop):
    results = []

    async def main():
        await asyncio.sleep(0.001)
        return threading.current_thread()

    thread = threading.Thread(target=lambda: results.append(loop.run_until_complete(main())))
    thread.start()
    thread.join()
    assert results == [thread]
    assert loop.run_until_complete(main()) is threading.current_thread()


def test_loops_in_several_threads_at_once():
    results, barrier = [], threading.Barrier(3, timeout=60)

    async def main():
        await asyncio.to_thread(barrier.wait)
        await asyncio.sleep(0.001)
        results.append(asyncio.get_running_loop())

    threads = [threading.Thread(target=asyncio.run, args=(main(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(results)) == 3


def test_a_loop_that_waits_is_stopped_from_another_thread(loop):
    def other():
        loop.call_soon_threadsafe(loop.stop)

    loop.call_soon(lambda: threading.Thread(target=other).start())
    loop.run_forever()


def test_close_twice(loop):
    assert not loop.is_closed()
    loop.close()
    assert loop.is_closed()
    loop.close()
    assert loop.is_closed()


def test_close_while_running(loop):
    async def main():
        with pytest.raises(RuntimeError, match="Cannot close a running event loop"):
            loop.close()

    loop.run_until_complete(main())
    assert not loop.is_closed()


@pytest.mark.parametrize(
    "use",
    [
        lambda loop: loop.run_forever(),
        lambda loop: loop.call_soon(print),
        lambda loop: loop.call_soon_threadsafe(print),
        lambda loop: loop.call_later(1, print),
        lambda loop: loop.call_at(1, print),
        lambda loop: loop.run_until_complete(loop.create_future()),
    ],
)
def test_a_closed_loop_refuses(loop, use):
    loop.close()
    with pytest.raises(RuntimeError, match="Event loop is closed"):
        use(loop)


def test_what_still_works_on_a_closed_loop(loop):
    timer = loop.call_later(3600, print)
    loop.close()
    timer.cancel()
    loop.stop()
    assert loop.time() > 0
    assert loop.get_debug() is False
    assert not loop.is_running()
    assert isinstance(loop.create_future(), asyncio.Future)
    assert "closed=True" in repr(loop)


def test_close_forgets_callbacks(loop):
    loop.call_soon(pytest.fail)
    loop.call_later(0, pytest.fail)
    loop.close()


def test_asyncio_run_closes_its_loop():
    async def main():
        return asyncio.get_running_loop()

    assert asyncio.run(main()).is_closed()


def test_asyncio_run_cancels_what_is_left():
    seen = []

    async def work():
        try:
            await asyncio.sleep(3600)
        finally:
            seen.append("finally")

    async def main():
        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        return task

    assert asyncio.run(main()).cancelled()
    assert seen == ["finally"]


def test_a_runner():
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        assert runner.run(asyncio.sleep(0, 1)) == 1
        assert runner.run(asyncio.sleep(0, 2)) == 2
        assert runner.get_loop() is loop
    assert loop.is_closed()


def test_a_runner_with_a_factory():
    made = []

    def factory():
        made.append(asyncio.new_event_loop())
        return made[-1]

    with asyncio.Runner(loop_factory=factory) as runner:
        assert runner.get_loop() is made[0]
        assert runner.run(asyncio.sleep(0, 3)) == 3


def test_get_event_loop_in_a_callback(loop, one_pass):
    seen = []
    loop.call_soon(lambda: seen.append(asyncio.get_event_loop()))
    one_pass()
    assert seen == [loop]


def test_a_pass_of_asyncios_own(loop):
    """Programs put a ``_run_once`` of that form in place of the loop's: nest_asyncio does."""
    loop._run_once = lambda: asyncio.BaseEventLoop._run_once(loop)
    ours, other = socket.socketpair()
    read = loop.create_future()

    async def main():
        await asyncio.sleep(0.001)
        loop.add_reader(ours, lambda: read.set_result(ours.recv(10)))
        await loop.run_in_executor(None, other.send, b"sent")
        assert await read == b"sent"
        loop.remove_reader(ours)

    with ours, other:
        loop.run_until_complete(asyncio.wait_for(main(), 60))
    loop.run_until_complete(loop.shutdown_default_executor())
