"""Loops leave nothing behind: no descriptor, no thread."""

import asyncio
import errno
import gc
import os
import socket
import threading

import pytest
from helpers import descriptors


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs /proc")
@pytest.mark.parametrize("use", ["unused", "run", "with sockets"])
def test_no_descriptor_is_left(use):
    async def main():
        left, right = socket.socketpair()
        with left, right:
            left.setblocking(False)
            right.setblocking(False)
            await loop.sock_sendall(left, b"x")
            assert await loop.sock_recv(right, 1) == b"x"
        await asyncio.sleep(0)

    def once():
        loop = asyncio.new_event_loop()
        if use != "unused":
            loop.run_until_complete(asyncio.sleep(0))
        return loop

    # What is loaded at the first use stays.
    for _ in range(3):
        loop = once()
        if use == "with sockets":
            loop.run_until_complete(main())
        loop.close()
    before = descriptors()
    for _ in range(200):
        loop = once()
        if use == "with sockets":
            loop.run_until_complete(main())
        loop.close()
    assert descriptors() <= before + 2


def test_no_thread_is_left():
    async def main():
        await asyncio.to_thread(int)

    asyncio.run(main())
    before = threading.active_count()
    for _ in range(10):
        asyncio.run(main())
    assert threading.active_count() <= before


def test_a_closed_loop_holds_no_callback(loop):
    loop.call_later(3600, print)
    loop.call_soon(print)
    loop.close()
    assert not loop._ready
    assert not loop._scheduled


def held_timers(loop):
    """The timers that Java has of a loop, by a way that leaves them to it."""
    if hasattr(loop, "_timers"):
        return loop._timers
    return loop._copy_queues()[1] if not loop.is_closed() else []


@pytest.mark.javaloop_only
def test_a_closed_loop_holds_no_timer(loop):
    for i in range(10):
        loop.call_later(3600 + i, print)
    loop.close()
    assert not held_timers(loop)


@pytest.mark.javaloop_only
def test_fired_and_cancelled_timers_are_forgotten(loop, one_pass):
    for _ in range(10):
        loop.call_later(0, int)
    for _ in range(10):
        loop.call_later(3600, int).cancel()
    one_pass()
    one_pass()  # as on asyncio's loop, a cancelled timer goes when it is at the top
    assert not held_timers(loop)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_loop_that_cannot_be_made_leaves_nothing_open(loop_class):
    class Failing(loop_class):
        def _make_self_pipe(self):
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

        def __del__(self):  # asyncio's expects the pipe
            pass

    before = descriptors()
    with pytest.raises(OSError, match="Too many open files"):
        Failing()
    gc.collect()
    assert descriptors() == before
