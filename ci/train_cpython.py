"""Trains the start-up cache of the JVM in a CPython: ``python ci/train_cpython.py RUNTIME``.

What runs here is what most programs do with their loop; the JVM writes the cache at its end.
"""

import asyncio
import sys

runtime = sys.argv[1]
sys.path.append(f"{runtime}/python")

from javaloop._engines.cpython import start  # noqa: E402 # where it is, is an argument

start.boot([f"-XX:AOTCacheOutput={start.start_up_cache(start.jars_in(f'{runtime}/modules'))}"])

import _javaloop  # noqa: E402
import javaloop  # noqa: E402


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


async def serve(reader, writer):
    while data := await reader.read(1000):
        writer.write(data)
        await writer.drain()
    writer.close()


async def talk(server):
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for _ in range(100):
            writer.write(b"x" * 100)
            await reader.readexactly(100)
        writer.close()
        await writer.wait_closed()


async def main():
    loop = asyncio.get_running_loop()
    for _ in range(1000):
        await asyncio.sleep(0)
    await asyncio.gather(*(asyncio.sleep(i / 1e5) for i in range(100)))
    await asyncio.to_thread(int)
    queue = asyncio.Queue()
    loop.call_soon_threadsafe(queue.put_nowait, 1)
    await queue.get()
    for _ in range(100):
        loop.call_later(10, print).cancel()
    await talk(await asyncio.start_server(serve, "127.0.0.1", 0))
    await talk(await loop.create_server(Echo, "127.0.0.1", 0))


javaloop.run(main())
_javaloop.exit_java(0)
