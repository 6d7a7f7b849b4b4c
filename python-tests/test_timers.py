"""Timers: when they are due, what they refuse, what their handles say."""

import asyncio
import math
import random

import pytest


@pytest.mark.parametrize("delay", [0, -1, -1e9, 0.0, False, -math.inf])
def test_a_delay_that_is_over_is_due_in_the_next_pass(loop, one_pass, delay):
    seen = []
    loop.call_later(delay, seen.append, delay)
    one_pass()
    assert seen == [delay]


def test_an_infinite_delay_is_never_due(loop, one_pass):
    handle = loop.call_later(math.inf, pytest.fail)
    assert handle.when() == math.inf
    one_pass()
    handle.cancel()
    one_pass()


@pytest.mark.parametrize("delay", [1e10, 1e18, 1e300])
def test_a_huge_delay_does_not_overflow(loop, one_pass, delay):
    handle = loop.call_later(delay, pytest.fail)
    seen = []
    loop.call_later(0, seen.append, 1)
    one_pass()
    assert seen == [1]
    assert not handle.cancelled()


def test_an_infinite_timer_lets_an_earlier_one_wake_the_loop(loop):
    loop.call_later(math.inf, pytest.fail)
    loop.call_later(1e300, pytest.fail)
    loop.call_later(0.001, loop.stop)
    loop.run_forever()


def test_sleep_of_infinity_is_cancellable(loop):
    async def main():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(math.inf), 0.001)

    loop.run_until_complete(main())


@pytest.mark.parametrize("where", ["subclass", "class", "loop"])
def test_call_later_calls_call_at(loop_class, monkeypatch, where):
    class Noting(loop_class):
        pass

    loop = Noting()
    seen = []
    call_at = loop_class.call_at

    def note(*arguments, **names):
        when, callback, *rest = arguments[where != "loop" :]
        seen.append(callback)
        return call_at(loop, when, callback, *rest, **names)

    try:
        place = {"subclass": Noting, "class": loop_class, "loop": loop}[where]
        monkeypatch.setattr(place, "call_at", note, raising=False)
        loop.call_later(0, print)
        assert seen == [print]
        loop.run_until_complete(asyncio.sleep(0.001))
        assert len(seen) == 2
        monkeypatch.undo()
        loop.call_later(0, print)
        assert len(seen) == 2
    finally:
        monkeypatch.undo()
        loop.close()


def test_none_is_no_time(loop):
    with pytest.raises(TypeError, match="delay must not be None"):
        loop.call_later(None, print)
    with pytest.raises(TypeError, match="when cannot be None"):
        loop.call_at(None, print)


def test_a_word_is_no_time(loop):
    with pytest.raises(TypeError):
        loop.call_later("1", print)


def test_when_is_the_given_time(loop, clock):
    assert loop.call_at(clock.now + 7, print).when() == clock.now + 7
    assert loop.call_later(5, print).when() == clock.now + 5
    assert loop.call_later(5.5, print).when() == clock.now + 5.5


def test_whole_numbers_are_times(loop, clock, one_pass):
    seen = []
    clock.now = 10
    handle = loop.call_later(5, seen.append, 1)
    assert handle.when() == 15
    clock.now = 15
    one_pass()
    assert seen == [1]


def test_thousands_are_started_and_cancelled_between_two_passes(loop, clock, one_pass):
    numbers = list(range(5000))
    random.Random(1).shuffle(numbers)
    seen = []
    for _ in range(2):
        timers = [loop.call_later(number, seen.append, number) for number in numbers]
        for timer, number in zip(timers, numbers, strict=True):
            if number % 3:
                timer.cancel()
        loop.call_later(1, seen.append, "one more")
        clock.now += 5000
        one_pass()
        assert seen == [0, "one more", *range(3, 5000, 3)]
        seen.clear()


def test_a_cancelled_timer_is_not_called(loop, clock, one_pass):
    handle = loop.call_later(1, pytest.fail)
    assert not handle.cancelled()
    handle.cancel()
    assert handle.cancelled()
    handle.cancel()
    clock.advance(2)
    one_pass()


def test_cancelling_after_the_call_does_nothing(loop, clock, one_pass):
    seen = []
    handle = loop.call_later(1, seen.append, 1)
    clock.advance(2)
    one_pass()
    handle.cancel()
    assert seen == [1]
    assert handle.cancelled()


def test_a_timer_cancels_itself(loop, clock, one_pass):
    seen = []

    def run():
        handle.cancel()
        seen.append(1)

    handle = loop.call_later(1, run)
    clock.advance(2)
    one_pass()
    one_pass()
    assert seen == [1]


def test_a_timer_cancels_a_later_one(loop, clock, one_pass):
    loop.call_later(1, lambda: later.cancel())
    later = loop.call_later(2, pytest.fail)
    clock.advance(1.5)
    one_pass()
    clock.advance(1)
    one_pass()


def test_most_of_many_timers_cancelled(loop, clock, one_pass):
    seen = []
    handles = [loop.call_later(i % 17 + 1, seen.append, i) for i in range(1000)]
    for i, handle in enumerate(handles):
        if i % 10:
            handle.cancel()
    clock.advance(20)
    one_pass()
    assert sorted(seen) == list(range(0, 1000, 10))
    assert [i % 17 for i in seen] == sorted(i % 17 for i in seen)


def test_a_timer_sets_another_for_the_next_pass(loop, clock, one_pass):
    seen = []

    def again():
        seen.append(clock.now)
        loop.call_later(0, again)

    loop.call_later(0, again)
    one_pass()
    assert len(seen) == 1
    one_pass()
    assert len(seen) == 2


def test_a_timer_is_not_called_early(loop):
    seen = []
    handle = loop.call_later(0.02, lambda: (seen.append(loop.time()), loop.stop()))
    loop.run_forever()
    # Stock rounds to the resolution of its clock.
    assert seen[0] >= handle.when() - 0.001


def test_arguments_reach_the_callback(loop, clock, one_pass):
    seen = []
    loop.call_later(0, lambda *args: seen.append(args), 1, "two", None)
    loop.call_at(clock.now, lambda *args: seen.append(args))
    one_pass()
    assert sorted(seen, key=len) == [(), (1, "two", None)]


def test_handles_are_asyncios(loop):
    timer = loop.call_later(1, print)
    assert isinstance(timer, asyncio.TimerHandle)
    assert isinstance(loop.call_soon(print), asyncio.Handle)
    assert not isinstance(loop.call_soon(print), asyncio.TimerHandle)


def test_repr_of_handles(loop, clock):
    def callback():
        pass

    timer = loop.call_at(1234.5, callback, 1)
    place = f"{__file__}:{callback.__code__.co_firstlineno}"
    name = callback.__qualname__
    assert repr(timer) == f"<TimerHandle when=1234.5 {name}(1) at {place}>"
    timer.cancel()
    assert repr(timer) == "<TimerHandle cancelled when=1234.5>"
    soon = loop.call_soon(callback)
    assert repr(soon) == f"<Handle {name}() at {place}>"
    soon.cancel()
    assert repr(soon) == "<Handle cancelled>"


def test_timers_compare_by_time(loop):
    early, late = loop.call_at(1e9, print), loop.call_at(2e9, print)
    assert early < late
    assert late > early
    assert early <= early
    assert early != late
    assert sorted([late, early]) == [early, late]


def test_a_cancelled_timer_forgets_its_callback(loop):
    timer = loop.call_later(3600, print, "held")
    timer.cancel()
    assert timer._callback is None
    assert timer._args is None


def test_a_timer_that_is_far_does_not_keep_run_until_complete(loop):
    async def main():
        loop.call_later(3600, pytest.fail)
        return "done"

    assert loop.run_until_complete(main()) == "done"


def test_timers_survive_between_runs(loop, clock, one_pass):
    seen = []
    loop.call_later(10, seen.append, 1)
    one_pass()
    clock.advance(5)
    one_pass()
    assert seen == []
    clock.advance(6)
    one_pass()
    assert seen == [1]
