"""Programs that put their own clock into a loop: timers follow it."""

import asyncio
import time

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
    from unittest import mock

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
