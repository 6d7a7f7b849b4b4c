import asyncio

import aioredis
import pytest
import redis.asyncio as redis


@pytest.fixture
def address(redis_port):
    return f"redis://127.0.0.1:{redis_port}"


async def test_commands_at_once(address):
    async with redis.Redis.from_url(address, decode_responses=True) as client:
        await client.flushdb()

        async def work(n):
            await client.set(f"key{n}", "ü" * n)
            assert await client.get(f"key{n}") == "ü" * n
            await client.incrby("sum", n)
            await client.hset("all", mapping={f"key{n}": n})

        await asyncio.gather(*(work(n) for n in range(30)))
        assert await client.get("sum") == str(sum(range(30)))
        assert await client.hgetall("all") == {f"key{n}": str(n) for n in range(30)}
        assert sorted([key async for key in client.scan_iter("key*")])[:2] == ["key0", "key1"]
        large = "x" * 1_000_000
        await client.set("large", large)
        assert await client.get("large") == large
        with pytest.raises(redis.ResponseError):
            await client.incr("large")


async def test_transactions_and_scripts(address):
    async with redis.Redis.from_url(address) as client:
        await client.flushdb()

        async def add():
            await client.transaction(one_more, "n")

        async def one_more(pipe):
            n = int(await pipe.get("n") or 0)
            pipe.multi()
            pipe.set("n", n + 1)

        await asyncio.gather(*(add() for _ in range(5)))
        async with client.pipeline() as pipe:
            assert await pipe.incr("n").rpush("list", "a", "b").lrange("list", 0, -1).execute() == [
                6,
                2,
                [b"a", b"b"],
            ]
        script = client.register_script("return {KEYS[1], ARGV[1], 3}")
        assert await script(keys=["k"], args=["a"]) == [b"k", b"a", 3]


async def test_waiting_and_channels(address):
    async with redis.Redis.from_url(address, decode_responses=True) as client:
        await client.flushdb()
        waiting = asyncio.create_task(client.blpop("queue", timeout=0))
        async with client.pubsub() as channel:
            await channel.subscribe("news")
            heard = []
            async for message in channel.listen():
                if message["type"] == "subscribe":
                    assert await client.publish("news", "one") == 1
                    await client.publish("news", "two")
                else:
                    heard.append(message["data"])
                if len(heard) == 2:
                    break
            await channel.unsubscribe("news")
        assert heard == ["one", "two"]
        await client.rpush("queue", "pushed")
        assert await waiting == ("queue", "pushed")


async def test_aioredis_1(address):
    pool = await aioredis.create_redis_pool(address, minsize=2, maxsize=5, encoding="utf-8")
    await pool.flushdb()

    async def work(n):
        await pool.set(f"old{n}", n)
        assert await pool.get(f"old{n}") == str(n)

    await asyncio.gather(*(work(n) for n in range(20)))
    transaction = pool.multi_exec()
    transaction.incr("n")
    transaction.incr("n")
    assert await transaction.execute() == [1, 2]
    (channel,) = await pool.subscribe("news")
    assert await pool.publish("news", "heard") == 1
    assert await channel.get(encoding="utf-8") == "heard"
    await pool.unsubscribe("news")
    pool.close()
    await pool.wait_closed()
