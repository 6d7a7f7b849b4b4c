"""In which order a pass runs what is ready, what descriptors bring and what timers bring."""

import asyncio
import heapq
import math
import os
import random
import socket
import threading

import pytest


def test_call_soon_runs_in_the_order_of_the_calls(loop, one_pass):
    seen = []
    for i in range(100):
        loop.call_soon(seen.append, i)
    one_pass()
    assert seen == list(range(100))


def test_call_soon_and_call_soon_threadsafe_share_one_queue(loop, one_pass):
    seen = []
    for i in range(20):
        (loop.call_soon if i % 2 else loop.call_soon_threadsafe)(seen.append, i)
    one_pass()
    assert seen == list(range(20))


def test_posts_of_another_thread_stand_where_they_were_posted(loop, one_pass):
    seen = []

    def post(name):
        thread = threading.Thread(target=loop.call_soon_threadsafe, args=(seen.append, name))
        thread.start()
        thread.join()

    loop.call_soon(seen.append, "own 1")
    post("other 1")
    loop.call_soon(seen.append, "own 2")
    post("other 2")
    one_pass()
    assert seen == ["own 1", "other 1", "own 2", "other 2"]


def test_a_callback_of_a_callback_runs_in_the_next_pass(loop):
    seen = []

    def first():
        loop.call_soon(seen.append, "inner")
        seen.append("outer")

    loop.call_soon(first)
    loop.call_soon(seen.append, "beside")
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert seen == ["outer", "beside"]
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert seen == ["outer", "beside", "inner"]


def test_ready_then_descriptors_then_timers(loop, one_pass, clock):
    seen = []
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.send(b"x")
        loop.call_at(clock.now - 1, seen.append, "timer")
        loop.add_reader(reader, seen.append, "descriptor")
        loop.call_soon(seen.append, "ready")
        one_pass()
        loop.remove_reader(reader)
    assert seen == ["ready", "descriptor", "timer"]


def test_what_a_descriptors_callback_posts_runs_after_the_pass(loop, clock):
    seen = []
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.send(b"x")

        def on_read():
            reader.recv(1)
            seen.append("descriptor")
            loop.call_soon(seen.append, "posted")
            loop.call_soon(loop.stop)

        loop.add_reader(reader, on_read)
        loop.call_at(clock.now - 1, seen.append, "timer")
        loop.run_forever()
        loop.remove_reader(reader)
    assert seen == ["descriptor", "timer", "posted"]


def test_data_that_was_sent_before_a_stop_is_delivered(loop):
    seen = []
    reader, writer = socket.socketpair()
    with reader, writer:
        loop.add_reader(reader, lambda: seen.append(reader.recv(10)))
        for message in (b"one", b"two", b"three"):
            writer.send(message)
            loop.call_soon(loop.stop)
            loop.run_forever()
        loop.remove_reader(reader)
    assert seen == [b"one", b"two", b"three"]


def test_stop_before_run_forever_runs_one_pass(loop):
    seen = []
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.send(b"x")
        loop.add_reader(reader, seen.append, "descriptor")
        loop.call_soon(seen.append, "ready")
        loop.stop()
        loop.run_forever()
        loop.remove_reader(reader)
    assert seen == ["ready", "descriptor"]


def test_timers_run_by_deadline_not_by_call(loop, one_pass, clock):
    seen = []
    for delay in (5, 1, 4, 2, 3):
        loop.call_later(delay, seen.append, delay)
    clock.advance(6)
    one_pass()
    assert seen == [1, 2, 3, 4, 5]


class _Heap:
    """What asyncio does with timers, in its own terms: the oracle, which stock asyncio confirms."""

    def __init__(self):
        self.scheduled = []
        self.cancelled_count = 0

    def schedule(self, when, name):
        timer = _Timer(when, name)
        heapq.heappush(self.scheduled, timer)
        return timer

    def cancel(self, timer):
        if timer.scheduled and not timer.cancelled:
            self.cancelled_count += 1
        timer.cancelled = True

    def one_pass(self, now):
        scheduled = self.scheduled
        if len(scheduled) > 100 and self.cancelled_count / len(scheduled) > 0.5:
            self.scheduled = scheduled = [timer for timer in scheduled if not timer.cancelled]
            heapq.heapify(scheduled)
            self.cancelled_count = 0
        while scheduled and scheduled[0].cancelled:
            self.cancelled_count -= 1
            heapq.heappop(scheduled)
        due = []
        while scheduled and scheduled[0].when < now:
            timer = heapq.heappop(scheduled)
            timer.scheduled = False
            due.append(timer)
        return [timer.name for timer in due if not timer.cancelled]


class _Timer:
    def __init__(self, when, name):
        self.when = when
        self.name = name
        self.scheduled = True
        self.cancelled = False

    def __lt__(self, other):
        return self.when < other.when


@pytest.mark.parametrize("count", [2, 3, 4, 10, 1000])
def test_timers_of_one_deadline_run_in_the_order_of_asyncios_heap(loop, one_pass, clock, count):
    heap, seen = _Heap(), []
    for i in range(count):
        heap.schedule(clock.now + 1, i)
        loop.call_at(clock.now + 1, seen.append, i)
    clock.advance(2)
    one_pass()
    assert seen == heap.one_pass(clock.now)


@pytest.mark.parametrize("looked_at", [False, "first", "later"])
@pytest.mark.parametrize("seed", range(40))
def test_timers_set_and_cancelled_at_random_run_in_the_order_of_asyncios_heap(
    loop, one_pass, clock, seed, looked_at
):
    if looked_at == "first":
        assert loop._scheduled == []  # from now on timers are there, in Python
    dice = random.Random(seed)
    heap, seen, expected, timers = _Heap(), [], [], []
    cancels, few_deadlines = dice.choice([(0.1, 3), (0.55, 5), (0.7, 2)])
    for _ in range(dice.randrange(2, 12)):
        for _ in range(dice.randrange(120)):
            when = clock.now + dice.randrange(few_deadlines)
            if dice.random() < 0.1:
                when = math.nextafter(when, math.inf)
            timers.append(
                (heap.schedule(when, len(timers)), loop.call_at(when, seen.append, len(timers)))
            )
        for timer, handle in timers:
            if dice.random() < cancels:
                heap.cancel(timer)
                handle.cancel()
        clock.advance(dice.choice([0, 0.5, 1]))
        one_pass()
        expected += heap.one_pass(clock.now + 1e-9)
        assert seen == expected
        if (looked_at == "later" and dice.random() < 0.3) or looked_at == "first":
            # Programs fire what they find there, in its order.
            assert [(timer.when(), timer.cancelled()) for timer in loop._scheduled] == [
                (timer.when, timer.cancelled) for timer in heap.scheduled
            ]


def test_timers_a_little_apart_run_in_one_pass(loop):
    # A wait ends up to a millisecond late, as asyncio's do: what the first posts comes after the second.
    seen = []
    now = loop.time() + 0.05
    loop.call_at(now, lambda: loop.call_soon(seen.append, "posted"))
    loop.call_at(now + 1e-7, seen.append, "second")
    loop.call_at(now + 0.1, loop.stop)
    loop.run_forever()
    assert seen == ["second", "posted"]


def test_a_due_timer_waits_for_those_that_were_ready(loop, one_pass, clock):
    seen = []
    loop.call_later(0, seen.append, "timer 0")
    loop.call_soon(seen.append, "soon 1")
    loop.call_soon(seen.append, "soon 2")
    one_pass()
    assert seen == ["soon 1", "soon 2", "timer 0"]


def test_tasks_take_turns(loop):
    seen = []

    async def work(name):
        for i in range(3):
            seen.append(f"{name}{i}")
            await asyncio.sleep(0)

    async def main():
        await asyncio.gather(work("a"), work("b"))

    loop.run_until_complete(main())
    assert seen == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_tasks_and_callbacks_share_one_queue(loop):
    seen = []

    async def work():
        seen.append("task")
        loop.call_soon(seen.append, "callback of task")
        await asyncio.sleep(0)
        seen.append("task again")

    async def main():
        loop.call_soon(seen.append, "before")
        task = loop.create_task(work())
        loop.call_soon(seen.append, "after")
        await task

    loop.run_until_complete(main())
    assert seen == ["before", "task", "after", "callback of task", "task again"]


def test_a_futures_callbacks_run_in_order_and_not_at_once(loop, one_pass):
    seen = []
    future = loop.create_future()
    future.add_done_callback(lambda _: seen.append(1))
    future.add_done_callback(lambda _: seen.append(2))
    future.set_result(None)
    future.add_done_callback(lambda _: seen.append(3))
    assert seen == []
    one_pass()
    assert seen == [1, 2, 3]


def test_a_cancelled_handle_leaves_its_place_empty(loop, one_pass):
    seen = []
    loop.call_soon(seen.append, 1)
    loop.call_soon(seen.append, 2).cancel()
    loop.call_soon(seen.append, 3)
    one_pass()
    assert seen == [1, 3]


def test_a_callback_cancels_one_that_is_due_in_the_same_pass(loop, one_pass, clock):
    seen = []
    later = loop.call_later(0, seen.append, "timer")
    soon = None

    def cancel():
        soon.cancel()
        later.cancel()

    loop.call_soon(cancel)
    soon = loop.call_soon(seen.append, "soon")
    one_pass()
    one_pass()
    assert seen == []


def test_many_posts_of_many_threads_keep_each_threads_order(loop):
    seen = []
    threads, each = 4, 250

    def post(number):
        for i in range(each):
            loop.call_soon_threadsafe(arrived, number, i)

    def arrived(number, i):
        seen.append((number, i))
        if len(seen) == threads * each:
            loop.stop()

    workers = [threading.Thread(target=post, args=(n,)) for n in range(threads)]
    for worker in workers:
        worker.start()
    loop.run_forever()
    for worker in workers:
        worker.join()
    for number in range(threads):
        assert [i for n, i in seen if n == number] == list(range(each))


def test_a_post_of_another_thread_wakes_a_loop_that_waits(loop):
    woken = threading.Event()

    def post():
        loop.call_soon_threadsafe(loop.stop)
        woken.set()

    # The timer keeps the loop asleep for longer than any test may run.
    loop.call_later(3600, lambda: None)
    loop.call_soon(lambda: threading.Thread(target=post).start())
    loop.run_forever()
    assert woken.wait(60)


def test_a_pipes_two_ends_are_ready_in_one_pass(loop, one_pass):
    seen = []
    read_end, write_end = os.pipe()
    try:
        os.write(write_end, b"x")
        loop.add_reader(read_end, seen.append, "read")
        loop.add_writer(write_end, seen.append, "write")
        one_pass()
        loop.remove_reader(read_end)
        loop.remove_writer(write_end)
    finally:
        os.close(read_end)
        os.close(write_end)
    assert sorted(seen) == ["read", "write"]
