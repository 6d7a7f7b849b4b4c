"""The operations that ``ci/bench loop`` measures.

An operation is called with a loop that does not run and a pool of one thread, does its work so many
times, and gives the number. Where it is a coroutine function, the loop runs what it gives.
"""

import asyncio

TIMES = 10_000
BATCH = 100

OPERATIONS = {}
"""Each operation by its function's name."""
LABELS = {}
"""What the tables call it."""


def operation(label):
    def add(function):
        OPERATIONS[function.__name__] = function
        LABELS[function.__name__] = label
        return function

    return add


def take(number):
    pass


async def one():
    return 1


@operation("call_soon, a chain")
def call_soon_chain(loop, pool, times=TIMES):
    left = times

    def callback():
        nonlocal left
        left -= 1
        if left:
            loop.call_soon(callback)
        else:
            loop.stop()

    loop.call_soon(callback)
    loop.run_forever()
    return times


@operation("call_soon, 100 from a callback")
def call_soon_batch(loop, pool):
    left = TIMES // BATCH

    def batch():
        nonlocal left
        if not left:
            loop.stop()
            return
        left -= 1
        for i in range(BATCH):
            loop.call_soon(take, i)
        loop.call_soon(batch)

    loop.call_soon(batch)
    loop.run_forever()
    return TIMES


@operation("call_soon, 100 before run_forever")
def call_soon_outside(loop, pool):
    for _ in range(TIMES // BATCH):
        for i in range(BATCH):
            loop.call_soon(take, i)
        loop.call_soon(loop.stop)
        loop.run_forever()
    return TIMES


@operation("sleep(0), 10 tasks")
async def sleep_0(loop, pool):
    async def sleeper():
        for _ in range(TIMES // 10):
            await asyncio.sleep(0)

    await asyncio.gather(*(sleeper() for _ in range(10)))
    return TIMES


@operation("create_task, await")
async def create_task(loop, pool):
    for _ in range(TIMES):
        await asyncio.create_task(one())
    return TIMES


@operation("gather of 100")
async def gather(loop, pool):
    for _ in range(TIMES // BATCH):
        await asyncio.gather(*(one() for _ in range(BATCH)))
    return TIMES


@operation("future: set, await")
async def future(loop, pool):
    for _ in range(TIMES):
        waited = loop.create_future()
        loop.call_soon(waited.set_result, None)
        await waited
    return TIMES


@operation("Event: hand over")
async def event(loop, pool):
    there, back = asyncio.Event(), asyncio.Event()

    async def partner():
        for _ in range(TIMES // 2):
            await there.wait()
            there.clear()
            back.set()

    task = asyncio.create_task(partner())
    for _ in range(TIMES // 2):
        there.set()
        await back.wait()
        back.clear()
    await task
    return TIMES


@operation("Queue: hand over")
async def queue(loop, pool):
    items = asyncio.Queue(1)

    async def consumer():
        for _ in range(TIMES):
            await items.get()

    task = asyncio.create_task(consumer())
    for i in range(TIMES):
        await items.put(i)
    await task
    return TIMES


@operation("call_later, fires in 1 to 10 ms")
def call_later(loop, pool):
    # Less than half a millisecond would be no timer on uvloop.
    left = TIMES

    def callback():
        nonlocal left
        left -= 1
        if not left:
            loop.stop()

    def start():
        for i in range(TIMES):
            loop.call_later((1 + i % 10) * 1e-3, callback)

    loop.call_soon(start)
    loop.run_forever()
    return TIMES


@operation("call_later, cancel")
async def call_later_cancel(loop, pool):
    for _ in range(TIMES // BATCH):
        for i in range(BATCH):
            loop.call_later(60, take, i).cancel()
        await asyncio.sleep(0)
    return TIMES


@operation("call_later(0), a chain")
def call_later_0(loop, pool):
    left = TIMES

    def callback():
        nonlocal left
        left -= 1
        if left:
            loop.call_later(0, callback)
        else:
            loop.stop()

    loop.call_later(0, callback)
    loop.run_forever()
    return TIMES


@operation("call_soon_threadsafe, Python thread")
async def call_soon_threadsafe(loop, pool):
    done = loop.create_future()
    left = TIMES

    def callback():
        nonlocal left
        left -= 1
        if not left:
            done.set_result(None)

    def post():
        for _ in range(TIMES):
            loop.call_soon_threadsafe(callback)

    posting = pool.submit(post)
    await done
    posting.result()
    return TIMES


@operation("run_in_executor")
async def run_in_executor(loop, pool):
    for _ in range(TIMES // 10):
        await loop.run_in_executor(pool, int)
    return TIMES // 10
