"""run_in_executor, the default executor and its end."""

import asyncio
import concurrent.futures
import sys
import threading
import traceback

import pytest


def test_run_in_executor_runs_elsewhere(loop):
    async def main():
        return await loop.run_in_executor(None, threading.current_thread)

    assert loop.run_until_complete(main()) is not threading.current_thread()
    loop.run_until_complete(loop.shutdown_default_executor())


def test_arguments_and_results(loop):
    async def main():
        return await loop.run_in_executor(None, divmod, 17, 5)

    assert loop.run_until_complete(main()) == (3, 2)


def test_exceptions(loop):
    async def main():
        with pytest.raises(ZeroDivisionError):
            await loop.run_in_executor(None, divmod, 1, 0)

    loop.run_until_complete(main())


def test_a_traceback_is_whole_as_soon_as_it_is_there(loop):
    async def main():
        await loop.run_in_executor(None, divmod, 1, 0)

    for _ in range(100):  # a thread still ends while this walks
        with pytest.raises(ZeroDivisionError) as caught:
            loop.run_until_complete(main())
        traceback.clear_frames(caught.value.__traceback__)
    *_, last = traceback.extract_tb(caught.value.__traceback__)
    assert (last.name, last.line) == ("run", "result = self.fn(*self.args, **self.kwargs)")
    assert last.filename == concurrent.futures.thread.__file__
    loop.run_until_complete(loop.shutdown_default_executor())


def test_an_executor_of_ones_own(loop):
    async def main():
        with concurrent.futures.ThreadPoolExecutor(1, "mine") as pool:
            thread = await loop.run_in_executor(pool, threading.current_thread)
        assert thread.name.startswith("mine")

    loop.run_until_complete(main())


def test_set_default_executor(loop):
    pool = concurrent.futures.ThreadPoolExecutor(1, "default")
    loop.set_default_executor(pool)

    async def main():
        return await loop.run_in_executor(None, threading.current_thread)

    assert loop.run_until_complete(main()).name.startswith("default")
    with pytest.raises(TypeError, match="executor must be ThreadPoolExecutor instance"):
        loop.set_default_executor(object())
    loop.run_until_complete(loop.shutdown_default_executor())
    with pytest.raises(RuntimeError):
        pool.submit(print)


def test_two_calls_overlap(loop):
    barrier = threading.Barrier(2, timeout=60)

    async def main():
        await asyncio.gather(*(loop.run_in_executor(None, barrier.wait) for _ in range(2)))

    loop.run_until_complete(main())


def test_after_shutdown_nothing_is_accepted(loop):
    async def main():
        await loop.run_in_executor(None, int)
        await loop.shutdown_default_executor()
        with pytest.raises(RuntimeError, match="Executor shutdown has been called"):
            loop.run_in_executor(None, int)

    loop.run_until_complete(main())


def test_shutdown_without_an_executor(loop):
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.run_until_complete(loop.shutdown_default_executor(timeout=1))


def test_shutdown_waits_for_what_runs(loop):
    release, seen = threading.Event(), []

    def work():
        assert release.wait(60)
        seen.append("ended")

    async def main():
        future = loop.run_in_executor(None, work)
        loop.call_soon(release.set)
        await loop.shutdown_default_executor()
        assert seen == ["ended"]
        await future

    loop.run_until_complete(main())


@pytest.mark.skipif(
    sys.version_info < (3, 12, 4), reason="waited in spite of its timeout until Python 3.12.4"
)
def test_shutdown_gives_up_after_its_timeout(loop):
    release = threading.Event()

    async def main():
        future = loop.run_in_executor(None, release.wait, 60)
        with pytest.warns(RuntimeWarning, match="did not finishing joining its threads within"):
            await loop.shutdown_default_executor(timeout=0.01)
        release.set()
        assert await future

    loop.run_until_complete(main())


def test_to_thread(loop):
    async def main():
        return await asyncio.to_thread(lambda *a, **k: (a, k), 1, b=2)

    assert loop.run_until_complete(main()) == ((1,), {"b": 2})


def test_cancelling_the_wait_leaves_the_work(loop):
    release, ended = threading.Event(), threading.Event()

    def work():
        assert release.wait(60)
        ended.set()

    async def main():
        future = loop.run_in_executor(None, work)
        future.cancel()
        with pytest.raises(asyncio.CancelledError):
            await future
        release.set()
        await loop.shutdown_default_executor()

    loop.run_until_complete(main())
    release.set()


def test_many_calls(loop):
    async def main():
        calls = (loop.run_in_executor(None, pow, i, 2) for i in range(100))
        return await asyncio.gather(*calls)

    assert loop.run_until_complete(main()) == [i * i for i in range(100)]


def test_a_closed_loop_refuses(loop):
    loop.close()
    with pytest.raises(RuntimeError, match="Event loop is closed"):
        loop.run_in_executor(None, int)
