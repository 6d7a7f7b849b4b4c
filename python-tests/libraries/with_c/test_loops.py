"""What brings a loop or a scheduler of its own, beside ours."""

import asyncio
import threading

import anyio
import gevent
import greenlet
import pytest
import trio
import uvloop


async def module_of_the_loop():
    await asyncio.sleep(0)
    return type(asyncio.get_running_loop()).__module__


def test_uvloop_gives_uvloop(is_tested):
    assert uvloop.run(module_of_the_loop()) == "uvloop"
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    try:
        assert asyncio.run(module_of_the_loop()) == "uvloop"
    finally:
        asyncio.set_event_loop_policy(None)
    loop = asyncio.new_event_loop()
    is_tested(loop)
    loop.close()


async def in_anyio():
    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(anyio.sleep, 0.001)
    send, receive = anyio.create_memory_object_stream[int](1)
    async with anyio.create_task_group() as group, send, receive:
        group.start_soon(send.send, 7)
        assert await receive.receive() == 7
    return await anyio.to_thread.run_sync(threading.get_ident) != threading.get_ident()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_anyio_beside_trio(backend):
    assert anyio.run(in_anyio, backend=backend)


def test_trio_beside_our_loop():
    async def main():
        with trio.fail_after(60):
            await trio.sleep(0.001)
        return "trio"

    async def ours():
        return await asyncio.to_thread(trio.run, main)

    assert asyncio.run(ours()) == "trio"


def test_greenlets_switch_inside_a_task():
    async def main():
        def other(value):
            while True:
                value = main_greenlet.switch(value + 1)

        main_greenlet = greenlet.getcurrent()
        made = greenlet.greenlet(other)
        seen = []
        for n in range(5):
            seen.append(made.switch(n))
            await asyncio.sleep(0)
        return seen

    assert asyncio.run(main()) == [1, 2, 3, 4, 5]


def test_gevent_beside_our_loop_in_another_thread():
    seen = []
    thread = threading.Thread(target=lambda: seen.append(asyncio.run(module_of_the_loop())))
    thread.start()
    jobs = [gevent.spawn(lambda n=n: (gevent.sleep(0.001), n)[1]) for n in range(10)]
    gevent.joinall(jobs, timeout=60)
    thread.join()
    assert [job.value for job in jobs] == list(range(10))
    assert seen == [asyncio.run(module_of_the_loop())]
