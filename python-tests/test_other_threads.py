"""Descriptors of a loop that another thread runs: asyncio allows to change them from any thread."""

import asyncio
import contextlib
import errno
import os
import queue
import socket
import threading
import time

import pytest

SECONDS = 30


@pytest.fixture
def running(loop):
    """Runs the loop in a thread of its own; it mostly waits without a limit."""
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join(SECONDS)


def let_it_wait(loop):
    """The loop has nothing to do and probably waits in its poller."""
    done = threading.Event()
    loop.call_soon_threadsafe(done.set)
    assert done.wait(SECONDS)
    time.sleep(0.05)


def in_loop(loop, coro):
    return asyncio.run_coroutine_threadsafe(coro, loop).result(SECONDS)


class Stream(asyncio.Protocol):
    def __init__(self):
        self.data = queue.Queue()
        self.lost = threading.Event()

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.data.put(data)

    def connection_lost(self, exc):
        self.lost.set()


def connected(loop, sock):
    async def connect():
        _, protocol = await loop.create_connection(Stream, sock=sock)
        return protocol

    return in_loop(loop, connect())


def received(sock, count):
    """Reads from a socket that does not block until that many bytes are there."""
    sock.setblocking(True)
    sock.settimeout(SECONDS)
    data = bytearray()
    while len(data) < count:
        part = sock.recv(count - len(data))
        assert part
        data += part
    return bytes(data)


def test_a_reader(running, pair):
    left, right = pair
    seen = queue.Queue()
    let_it_wait(running)
    running.add_reader(left, lambda: seen.put(left.recv(10)))
    right.send(b"first")
    assert seen.get(timeout=SECONDS) == b"first"
    let_it_wait(running)
    right.send(b"second")
    assert seen.get(timeout=SECONDS) == b"second"
    let_it_wait(running)
    assert running.remove_reader(left) is True
    assert running.remove_reader(left) is False
    right.send(b"third")
    let_it_wait(running)
    assert seen.empty()


def test_a_reader_of_what_is_there_already(running, pair):
    left, right = pair
    seen = queue.Queue()
    right.send(b"x")
    let_it_wait(running)
    running.add_reader(left, lambda: seen.put(left.recv(10)))
    assert seen.get(timeout=SECONDS) == b"x"
    running.remove_reader(left)


def test_a_writer_beside_a_reader(running, pair):
    left, right = pair
    seen = queue.Queue()

    def room():
        running.remove_writer(left)
        seen.put("room")

    running.add_reader(left, lambda: seen.put(left.recv(10)))
    let_it_wait(running)
    running.add_writer(left, room)
    assert seen.get(timeout=SECONDS) == "room"
    right.send(b"x")
    assert seen.get(timeout=SECONDS) == b"x"
    let_it_wait(running)
    assert running.remove_writer(left) is False
    assert running.remove_reader(left) is True


def test_what_cannot_be_watched(running, tmp_path, pair):
    left, _ = pair
    let_it_wait(running)
    with (tmp_path / "file").open("w+b") as file:
        with pytest.raises(PermissionError):
            running.add_reader(file, print)
        assert running.remove_reader(file) is False
    number = os.dup(left.fileno())
    os.close(number)
    with pytest.raises(OSError) as caught:
        running.add_writer(number, print)
    assert caught.value.errno == errno.EBADF


def test_a_transport_that_fills_its_socket(running, pair):
    left, right = pair
    protocol = connected(running, left)
    let_it_wait(running)
    data = os.urandom(4_000_000)
    protocol.transport.write(data)
    protocol.transport.write(b"end")
    assert received(right, len(data) + 3) == data + b"end"
    let_it_wait(running)
    protocol.transport.abort()
    running.call_soon_threadsafe(int)
    assert protocol.lost.wait(SECONDS)


def test_a_transport_that_pauses_and_goes_on(running, pair):
    left, right = pair
    protocol = connected(running, left)
    let_it_wait(running)
    protocol.transport.pause_reading()
    right.send(b"x")
    let_it_wait(running)
    assert protocol.data.empty()
    protocol.transport.resume_reading()
    assert protocol.data.get(timeout=SECONDS) == b"x"
    let_it_wait(running)
    protocol.transport.close()
    running.call_soon_threadsafe(int)
    assert protocol.lost.wait(SECONDS)


def test_a_server_that_is_closed(running):
    async def serve():
        return await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)

    server = in_loop(running, serve())
    address = server.sockets[0].getsockname()
    with socket.create_connection(address, SECONDS) as client:
        assert client.recv(1) == b""
    let_it_wait(running)
    server.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, SECONDS).close()


def test_many_threads_at_once(running):
    """Each adds, changes and removes descriptors of its own, whose numbers go from one to another."""
    failures = []

    def work():
        try:
            for _ in range(100):
                left, right = socket.socketpair()
                with left, right:
                    left.setblocking(False)
                    seen = queue.Queue()

                    def read(left=left, seen=seen):
                        with contextlib.suppress(BlockingIOError):
                            seen.put(left.recv(10))

                    running.add_reader(left, read)
                    running.add_writer(left, seen.put, "room")
                    assert seen.get(timeout=SECONDS) == "room"
                    running.remove_writer(left)
                    right.send(b"x")
                    while seen.get(timeout=SECONDS) != b"x":
                        pass
                    running.remove_reader(left)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    assert failures == []


@pytest.mark.graalpy_only
def test_a_thread_and_the_loop_write_on_one_transport(running, pair):
    """No part is left behind, as can happen on asyncio's own loop, and none is torn."""
    left, right = pair
    protocol = connected(running, left)
    part = 100_000

    async def write_here():
        for _ in range(50):
            protocol.transport.write(b"a" * part)
            await asyncio.sleep(0)

    here = asyncio.run_coroutine_threadsafe(write_here(), running)
    writer = threading.Thread(
        target=lambda: [protocol.transport.write(b"b" * part) for _ in range(50)]
    )
    writer.start()
    data = received(right, 100 * part)
    here.result(SECONDS)
    writer.join(SECONDS)
    parts = [data[at : at + part] for at in range(0, len(data), part)]
    assert sorted(parts) == [b"a" * part] * 50 + [b"b" * part] * 50
    protocol.transport.abort()
    running.call_soon_threadsafe(int)
    assert protocol.lost.wait(SECONDS)
