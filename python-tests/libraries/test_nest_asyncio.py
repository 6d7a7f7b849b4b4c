"""`apply()` changes asyncio and the loop's class; the fixture takes it back."""

import asyncio
import threading

import nest_asyncio
import pytest


@pytest.fixture
def loop(loop_class):
    policy = asyncio.get_event_loop_policy()
    changed = [asyncio, asyncio.events, asyncio.tasks, asyncio.futures, loop_class, type(policy)]
    before = [dict(vars(each)) for each in changed]
    made = asyncio.new_event_loop()
    asyncio.set_event_loop(made)
    nest_asyncio.apply(made)
    yield made
    made.run_until_complete(made.shutdown_default_executor())
    made.close()
    asyncio.set_event_loop(None)
    for each, names in zip(changed, before, strict=True):
        for name in set(vars(each)) - set(names):
            delattr(each, name)
        for name, value in names.items():
            if vars(each)[name] is not value:
                setattr(each, name, value)


async def work(n: int) -> int:
    await asyncio.sleep(0.001)
    return n + await asyncio.get_running_loop().run_in_executor(None, int, "1")


def nested(loop, depth: int) -> int:
    if depth == 0:
        return loop.run_until_complete(work(0))

    async def step():
        assert asyncio.current_task() is not None
        result = nested(loop, depth - 1) + 1
        await asyncio.sleep(0)
        return result

    return loop.run_until_complete(step())


def test_run_until_complete_in_a_task(loop, is_tested):
    is_tested(loop)

    async def main():
        assert loop.run_until_complete(work(1)) == 2
        assert asyncio.run(work(2)) == 3
        task = asyncio.current_task()
        assert nested(loop, 5) == 6
        assert asyncio.current_task() is task
        assert asyncio.get_running_loop() is loop

    loop.run_until_complete(main())


def test_the_outer_tasks_go_on_meanwhile(loop):
    steps = []

    async def tick():
        for n in range(5):
            steps.append(n)
            await asyncio.sleep(0.001)
        done.set()

    async def main():
        task = asyncio.create_task(tick())
        loop.run_until_complete(done.wait())
        assert steps == [0, 1, 2, 3, 4]
        await task

    done = asyncio.Event()
    loop.run_until_complete(main())


def test_servers_threads_and_failures(loop):
    async def shout(reader, writer):
        writer.write((await reader.readline()).upper())
        await writer.drain()
        writer.close()

    async def ask(port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"hello\n")
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer

    async def fail():
        raise KeyError("inner")

    async def main():
        server = await asyncio.start_server(shout, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            assert loop.run_until_complete(ask(port)) == b"HELLO\n"
        with pytest.raises(KeyError, match="inner"):
            loop.run_until_complete(fail())
        with pytest.raises(asyncio.TimeoutError):
            loop.run_until_complete(asyncio.wait_for(asyncio.Event().wait(), 0.01))
        called = loop.create_future()
        thread = threading.Thread(
            target=loop.call_soon_threadsafe, args=(called.set_result, "from a thread")
        )
        thread.start()
        assert loop.run_until_complete(called) == "from a thread"
        thread.join()

    loop.run_until_complete(main())
