"""Programs that put their own clock into a loop: timers follow it."""

import asyncio
import heapq
import threading
import time
from unittest import mock

import pytest


def test_time_is_monotonic_time(loop):
    before = time.monotonic()
    assert before <= loop.time() <= time.monotonic()


def test_an_assigned_clock_moves_timers(loop, clock, one_pass):
    seen = []
    loop.call_later(100, seen.append, 1)
    clock.advance(99)
    one_pass()
    assert seen == []
    clock.advance(2)
    one_pass()
    assert seen == [1]


def test_a_timer_set_before_the_clock_was_replaced_follows_the_new_clock(loop, one_pass):
    seen = []
    loop.call_later(1000, seen.append, 1)
    real = loop.time()
    loop.time = lambda: real + 2000
    one_pass()
    assert seen == [1]


def test_monkeypatch_gives_the_clock_back(loop, one_pass, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(loop, "time", lambda: 5.0)
        assert loop.time() == 5.0
        assert loop.call_later(1, print).when() == 6.0
    assert abs(loop.time() - time.monotonic()) < 60


def test_mock_patches_the_clock(loop, one_pass):
    with mock.patch.object(loop, "time", return_value=42.0):
        assert loop.time() == 42.0
        seen = []
        loop.call_at(41.0, seen.append, 1)
        one_pass()
        assert seen == [1]
    assert loop.time() != 42.0


def test_a_subclass_that_overrides_time(loop_class):
    class Virtual(loop_class):
        now = 0.0

        def time(self):
            return self.now

    loop = Virtual()
    try:
        seen = []
        loop.call_later(60, seen.append, 1)
        loop.call_soon(loop.stop)
        loop.run_forever()
        assert seen == []
        loop.now = 61.0
        loop.call_soon(loop.stop)
        loop.run_forever()
        assert seen == [1]
        assert loop.time() == 61.0
    finally:
        loop.close()


def test_a_subclass_calls_supers_time(loop_class):
    class Shifted(loop_class):
        shift = 0.0

        def time(self):
            return super().time() + self.shift

    loop = Shifted()
    try:
        seen = []
        loop.call_later(3600, seen.append, 1)
        loop.shift = 4000.0
        loop.call_soon(loop.stop)
        loop.run_forever()
        assert seen == [1]
    finally:
        loop.close()


def test_sleep_follows_the_clock(loop, clock):
    async def main():
        sleeper = asyncio.ensure_future(asyncio.sleep(3600, "slept"))
        await asyncio.sleep(0)
        clock.advance(3601)
        return await sleeper

    assert loop.run_until_complete(main()) == "slept"


def test_timeouts_follow_the_clock(loop, clock):
    async def main():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(60):
                loop.call_soon(clock.advance, 61)
                await loop.create_future()

    loop.run_until_complete(main())


def test_time_is_a_method_of_the_class(loop):
    assert callable(loop.time)
    assert callable(type(loop).time)
    assert abs(type(loop).time(loop) - time.monotonic()) < 60


def test_a_broken_clock_reaches_the_caller(loop):
    def broken():
        raise ZeroDivisionError("clock")

    loop.time = broken
    with pytest.raises(ZeroDivisionError):
        loop.call_later(1, print)


async def a_few_passes():
    for _ in range(3):
        await asyncio.sleep(0)


def test_timers_follow_the_clock_of_the_module_time(loop):
    async def main():
        seen = []
        loop.call_later(1000, seen.append, 1)
        with mock.patch("time.monotonic", return_value=5.0):
            assert loop.time() == 5.0
        real = time.monotonic
        with mock.patch("time.monotonic", lambda: real() + 1500):
            await a_few_passes()
        assert seen == [1]
        loop.call_later(1000, seen.append, 2)
        await a_few_passes()
        assert seen == [1]

    loop.run_until_complete(main())


def test_timers_follow_the_clock_of_asyncios_class(loop):
    async def main():
        seen = []
        loop.call_later(1000, seen.append, 1)
        real = asyncio.BaseEventLoop.time
        with mock.patch.object(asyncio.BaseEventLoop, "time", lambda self: real(self) + 1500):
            await a_few_passes()
        assert seen == [1]

    loop.run_until_complete(main())


def test_timers_follow_the_clock_of_the_loops_class(loop):
    """freezegun puts one there, and back."""

    async def main():
        seen = []
        loop.call_later(1000, seen.append, 1)
        kind = type(loop)
        real = kind.time
        kind.time = lambda self: real(self) + 1500
        try:
            await a_few_passes()
        finally:
            kind.time = real
        assert seen == [1]
        loop.call_later(1000, seen.append, 2)
        await a_few_passes()
        assert seen == [1]
        with mock.patch.object(loop, "time", lambda: real(loop) + 1500):
            await a_few_passes()
        assert seen == [1, 2]

    loop.run_until_complete(main())


def test_timers_follow_the_clock_of_a_class_that_the_loop_is_given(loop):
    async def main():
        seen = []
        kind = type(loop)
        loop.__class__ = type("Shifted", (kind,), {"time": lambda self: kind.time(self) + 1500})
        try:
            loop.call_at(kind.time(loop) + 1000, seen.append, 1)
            await a_few_passes()
        finally:
            loop.__class__ = kind
        assert seen == [1]

    loop.run_until_complete(main())


def test_a_selector_whose_waits_take_no_time(loop):
    """How virtual clocks (looptime, aiotools) work."""
    now = 0.0
    select = loop._selector.select

    def virtual(timeout):
        nonlocal now
        now += timeout or 0
        return select(0)

    async def main():
        early = loop.call_later(3, print)
        await asyncio.sleep(3600)
        assert now == 3600
        assert not early.cancelled()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(60):
                await asyncio.Event().wait()
        assert now == 3660
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"x")
        assert await reader.read(1) == b"x"
        writer.close()

    async def echo(reader, writer):
        writer.write(await reader.read(1))
        writer.close()

    server = loop.run_until_complete(asyncio.start_server(echo, "127.0.0.1", 0))
    address = server.sockets[0].getsockname()
    loop.call_later(2, int)  # one that was there before
    with (
        mock.patch.object(loop._selector, "select", virtual),
        mock.patch.object(loop, "time", lambda: now),
    ):
        loop.run_until_complete(main())
    server.close()
    loop.run_until_complete(asyncio.wait_for(server.wait_closed(), 60))


def test_a_selector_that_waits(loop):
    select = loop._selector.select
    waits = []

    def watched(timeout):
        waits.append(timeout)
        return select(timeout)

    async def main():
        timers = [loop.call_later(delay, seen.append, delay) for delay in (0.03, 0.01, 0.02, 0.025)]
        timers[2].cancel()
        threading.Thread(target=loop.call_soon_threadsafe, args=(seen.append, 0)).start()
        await asyncio.sleep(0.05)
        loop.call_later(3600, print)
        post = threading.Timer(0.01, loop.call_soon_threadsafe, (seen.append, 1))
        post.start()
        while seen[-1] != 1:
            await asyncio.sleep(0.02)

    seen = []
    loop.call_later(0.001, seen.append, "before")
    with mock.patch.object(loop._selector, "select", watched):
        loop.run_until_complete(asyncio.wait_for(main(), 60))
    assert set(seen) == {"before", 0, 0.01, 0.025, 0.03, 1}
    assert [each for each in seen if each in (0.01, 0.025, 0.03)] == [0.01, 0.025, 0.03]
    assert any(wait and 0 < wait <= 0.05 for wait in waits)
    loop.run_until_complete(asyncio.sleep(0.001))


def test_programs_find_the_timers_in_the_loop(loop, one_pass):
    seen = []
    timers = [loop.call_later(delay, seen.append, delay) for delay in (3000, 1000, 2000)]
    assert sorted(timer.when() for timer in loop._scheduled) == sorted(t.when() for t in timers)
    timers.append(loop.call_later(500, seen.append, 500))
    assert loop._scheduled[0] is timers[-1]
    # As Home Assistant's tests have time pass.
    for timer in list(loop._scheduled):
        if timer.when() - loop.time() < 2500:
            timer._run()
            timer.cancel()
    assert sorted(seen) == [500, 1000, 2000]
    loop.call_later(0, seen.append, 0)
    one_pass()
    assert seen[-1] == 0
    assert [timer.when() for timer in loop._scheduled if not timer.cancelled()] == [
        timers[0].when()
    ]
    heapq.heappop(loop._scheduled)


def test_another_thread_finds_the_timers_of_a_loop_that_runs(loop):
    found = []

    def look():
        found.append([timer.when() for timer in loop._scheduled if not timer.cancelled()])
        loop.call_soon_threadsafe(done.set)

    async def main():
        thread = threading.Thread(target=look)
        thread.start()
        await done.wait()
        thread.join()

    done = asyncio.Event()
    timer = loop.call_later(3600, print)
    loop.run_until_complete(main())
    assert found == [[timer.when()]]
    timer.cancel()
