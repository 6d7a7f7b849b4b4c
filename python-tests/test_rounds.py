"""Rounds of servers, clients and resets leave no more behind than the first few did.

All 200 of them take a JVM minutes: they are marked slow, and ci/test --all runs them.
"""

import asyncio
import os
import socket
import struct
import threading

import pytest
from helpers import descriptors

CLIENTS = 50
RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no time: close() sends a reset


async def one_round():
    handlers = set()

    async def echo(reader, writer):
        handlers.add(asyncio.current_task())
        try:
            while data := await reader.read(1000):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass  # what a third of the clients do
        finally:
            writer.close()

    async def client(number):
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"%d\n" % number)
        assert await reader.readline() == b"%d\n" % number
        if number % 3 == 0:
            connection = writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        if number % 3 == 1:
            writer.write(b"x" * 1000)  # never read
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    async with asyncio.timeout(60):
        await asyncio.gather(*(client(number) for number in range(CLIENTS)))
        server.close()
        await asyncio.wait(handlers)
        await server.wait_closed()
    assert len(handlers) == CLIENTS


def left_behind(loop):
    # To look at _scheduled would make them asyncio's.
    timers = loop._timers.values() if hasattr(loop, "_timers") else loop._scheduled
    return {
        "descriptors": descriptors(),
        "threads": threading.active_count(),
        "selector's keys": len(loop._selector.get_map()),
        "ready handles": len(loop._ready),
        "timers": sum(not timer._cancelled for timer in timers),
    }


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs /proc")
@pytest.mark.parametrize("rounds", [15, pytest.param(200, marks=pytest.mark.slow)])
def test_rounds_of_connections_leave_nothing(loop, rounds):
    def settled():
        # Closed transports tell their protocols in the next pass.
        loop.run_until_complete(asyncio.sleep(0.01))
        return left_behind(loop)

    for _ in range(5):
        loop.run_until_complete(one_round())
    before = settled()
    for _ in range(rounds - 5):
        loop.run_until_complete(one_round())
    assert settled() == before
