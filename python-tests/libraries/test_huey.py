import asyncio
import contextlib

import pytest
from huey import MemoryHuey, RedisHuey
from huey.contrib.asyncio import aget_result, aget_result_group
from huey.exceptions import TaskException


@contextlib.contextmanager
def consuming(huey):
    consumer = huey.create_consumer(workers=2, periodic=False, backoff=1, initial_delay=0.01)
    consumer.start()
    yield
    consumer.stop(graceful=True)


async def results_of(huey) -> None:
    @huey.task()
    def add(a, b):
        return a + b

    @huey.task()
    def fail():
        raise KeyError("failed")

    with consuming(huey):
        assert await aget_result(add(1, 2)) == 3
        many = await asyncio.gather(*(aget_result(add(n, n)) for n in range(10)))
        assert many == [2 * n for n in range(10)]
        assert await aget_result_group(add.map([(n, 1) for n in range(5)])) == [1, 2, 3, 4, 5]
        with pytest.raises(TaskException, match="failed"):
            await aget_result(fail())


async def test_in_memory():
    await results_of(MemoryHuey())


async def test_by_redis(redis_port):
    await results_of(RedisHuey(host="127.0.0.1", port=redis_port, blocking=False))
