import asyncio

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import broadcast, serve
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK


def address_of(server) -> str:
    return "ws://127.0.0.1:%d" % server.sockets[0].getsockname()[1]


async def test_echoes_at_once():
    async def echo(connection):
        async for message in connection:
            await connection.send(message)

    async def client(address, n):
        async with connect(address) as connection:
            for i in range(10):
                await connection.send(f"{n} {i}")
                assert await connection.recv() == f"{n} {i}"
            data = bytes([n]) * 100_000
            await connection.send(data)
            assert await connection.recv() == data
            await (await connection.ping())

    async with serve(echo, "127.0.0.1", 0) as server:
        await asyncio.gather(*(client(address_of(server), n) for n in range(10)))


async def test_broadcast_and_fragments():
    async def join(connection):
        assert await connection.recv() == "onetwo"
        joined.add(connection)
        if len(joined) == 5:
            broadcast(joined, "all are here")
        await connection.wait_closed()

    joined = set()

    async def client(address):
        async with connect(address) as connection:
            await connection.send(["one", "two"])
            return await connection.recv()

    async with serve(join, "127.0.0.1", 0) as server:
        heard = await asyncio.gather(*(client(address_of(server)) for _ in range(5)))
    assert heard == ["all are here"] * 5


async def test_how_it_ends():
    async def leave(connection):
        if connection.request.path == "/fails":
            await connection.close(4001, "no")
        assert connection.request.path in ("/fails", "/ends")

    async with serve(leave, "127.0.0.1", 0) as server:
        async with connect(address_of(server) + "/ends") as connection:
            with pytest.raises(ConnectionClosedOK):
                await connection.recv()
        async with connect(address_of(server) + "/fails") as connection:
            with pytest.raises(ConnectionClosedError) as closed:
                await connection.recv()
            assert closed.value.rcvd.code == 4001
            assert closed.value.rcvd.reason == "no"
