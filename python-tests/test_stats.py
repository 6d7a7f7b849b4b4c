"""Java's counters show that Java ran the passes."""

import asyncio
import socket
import threading

import pytest

pytestmark = pytest.mark.javaloop_only


# CPython does not enter Java for a pass that would find nothing there.
@pytest.mark.graalpy_only
def test_passes_and_polls(loop, one_pass):
    before = loop.stats()
    for _ in range(5):
        one_pass()
    after = loop.stats()
    assert after.passes - before.passes == 5
    assert after.polls - before.polls == 5
    assert after.blocking_polls == before.blocking_polls


def test_timers(loop, one_pass):
    before = loop.stats()
    loop.call_later(0, int)
    loop.call_later(3600, int).cancel()
    one_pass()
    after = loop.stats()
    assert after.timers_scheduled - before.timers_scheduled == 2
    assert after.timers_fired - before.timers_fired == 1
    assert after.timers_cancelled - before.timers_cancelled == 1


def test_descriptor_events(loop, one_pass):
    left, right = socket.socketpair()
    with left, right:
        right.send(b"x")
        loop.add_reader(left, int)
        before = loop.stats()
        one_pass()
        assert loop.stats().descriptor_events - before.descriptor_events == 1
        loop.remove_reader(left)


def test_wakeups(loop):
    before = loop.stats()

    def other():
        loop.call_soon_threadsafe(loop.stop)

    loop.call_soon(lambda: threading.Thread(target=other).start())
    loop.run_forever()
    after = loop.stats()
    assert after.passes > before.passes
    assert after.longest_pass_nanos > 0


def test_stats_of_a_program(loop):
    async def main():
        for _ in range(1000):
            await asyncio.sleep(0)

    loop.run_until_complete(main())
    assert loop.stats().passes >= 10


def test_stats_are_for_every_thread_and_for_closed_loops(loop, one_pass):
    one_pass()
    seen = []
    thread = threading.Thread(target=lambda: seen.append(loop.stats()))
    thread.start()
    thread.join()
    assert seen == [loop.stats()]
    loop.close()
    assert loop.stats().passes == seen[0].passes
