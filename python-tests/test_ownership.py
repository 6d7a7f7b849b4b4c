"""Descriptors that are closed under who uses them: what gets their numbers next is not touched."""

import asyncio
import contextlib
import os
import socket
import tempfile

import pytest

BIG = bytes(1 << 23)  # more than both ends have room for


class Recorder:
    """Of pipes and of datagrams."""

    def __init__(self):
        self.data = b""
        self.lost = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.data += data

    def datagram_received(self, data, addr):
        self.data += data

    def eof_received(self):
        pass

    def error_received(self, exc):
        pass

    def pause_writing(self):
        pass

    def resume_writing(self):
        pass

    def connection_lost(self, exc):
        self.lost.set_result(exc)


async def some_passes():
    for _ in range(10):
        await asyncio.sleep(0)


def fill(sock):
    """Sends until there is no room."""
    with contextlib.suppress(BlockingIOError):
        while True:
            sock.send(bytes(1 << 12))


# --- transports


# asyncio's own asks epoll about the foreign file.
waiting = pytest.param("waiting write", marks=pytest.mark.javaloop_only)


@pytest.mark.parametrize("use", ["read", "write", waiting])
def test_a_socket_closed_under_a_datagram_transport(run, loop, use, foreign, datagram_pair):
    async def main():
        left, right = datagram_pair
        transport, protocol = await loop.create_datagram_endpoint(Recorder, sock=left)
        if use == "waiting write":
            while not transport.get_write_buffer_size():
                transport.sendto(b"data")
        number = left.fileno()
        left.close()
        foreign.take(number)
        if use == "read":
            with contextlib.suppress(ConnectionError):  # asyncio's own is closed by now
                right.send(b"data")
        else:
            transport.sendto(b"data")
        await some_passes()
        transport.abort()
        await protocol.lost
        assert protocol.data in (b"", b"data")

    run(main())


# asyncio's own tells error_received, again and again.
@pytest.mark.javaloop_only
@pytest.mark.parametrize("close", ["close", "detach"])
def test_a_datagram_transport_ends_when_its_socket_did(run, loop, close, datagram_pair):
    async def main():
        left, right = datagram_pair
        _, protocol = await loop.create_datagram_endpoint(Recorder, sock=left)
        number = getattr(left, close)()
        right.send(b"mine")
        assert isinstance(await protocol.lost, OSError)
        if close == "detach":
            with socket.socket(fileno=number) as mine:
                assert mine.recv(10) == b"mine"

    run(main())


# asyncio's own reads whatever has the number.
@pytest.mark.javaloop_only
def test_a_pipe_closed_under_its_reading_transport(run, loop, foreign):
    async def main():
        read_end, write_end = os.pipe()
        duplicate = os.dup(read_end)  # or no event would ever come
        pipe = os.fdopen(read_end, "rb", buffering=0)
        transport, protocol = await loop.connect_read_pipe(Recorder, pipe)
        pipe.close()
        foreign.take(read_end)
        assert foreign.has(read_end)
        os.write(write_end, b"data")
        while not protocol.data:
            await asyncio.sleep(0)
        assert protocol.data == b"data"
        assert transport.get_extra_info("pipe") is pipe
        transport.close()
        assert await protocol.lost is None
        os.close(duplicate)
        with pytest.raises(BrokenPipeError):
            os.write(write_end, b"the transport's own is closed")
        os.close(write_end)

    run(main())


# asyncio's own writes into whatever has the number.
@pytest.mark.javaloop_only
@pytest.mark.parametrize("use", ["write", "waiting write"])
def test_a_pipe_closed_under_its_writing_transport(run, loop, use, foreign):
    async def main():
        read_end, write_end = os.pipe()
        pipe = os.fdopen(write_end, "wb", buffering=0)
        transport, protocol = await loop.connect_write_pipe(Recorder, pipe)
        expected = b"data"
        if use == "waiting write":
            transport.write(BIG[: 1 << 18])
            expected = BIG[: 1 << 18] + expected
        pipe.close()
        foreign.take(write_end)
        assert foreign.has(write_end)
        transport.write(b"data")
        transport.close()
        reader = asyncio.StreamReader()
        source, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(read_end, "rb", buffering=0)
        )
        assert await reader.read() == expected
        assert await protocol.lost is None
        source.close()

    run(main())


@pytest.mark.parametrize("connect", ["connect_read_pipe", "connect_write_pipe"])
def test_a_pipe_belongs_to_its_transport_until_the_end(run, loop, connect):
    async def main():
        before = set(os.listdir("/proc/self/fd"))
        ends = os.pipe()
        pipe = os.fdopen(ends[connect == "connect_write_pipe"], "r+b", buffering=0)
        transport, protocol = await getattr(loop, connect)(Recorder, pipe)
        assert transport.get_extra_info("pipe") is pipe
        assert not pipe.closed
        transport.close()
        await protocol.lost
        await asyncio.sleep(0)
        assert pipe.closed
        os.close(ends[connect == "connect_read_pipe"])
        assert set(os.listdir("/proc/self/fd")) == before

    run(main())


# --- sock_*


def nothing_to_read(call):
    def make():
        left, right = socket.socketpair()
        return left, right, call(left), lambda: right.send(b"data")

    return make


def no_room_to_sendall():
    left, right = socket.socketpair()
    left.setblocking(False)
    return left, right, current().sock_sendall(left, BIG), lambda: right.recv(1 << 20)


def no_room_to_sendto():
    left, right = (socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2))
    right.bind("")
    name = right.getsockname()
    left.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            left.sendto(b"data", name)
    return left, right, current().sock_sendto(left, b"data", name), lambda: right.recv(1 << 20)


def nobody_to_accept():
    listening = socket.create_server(("127.0.0.1", 0))
    client = socket.socket()
    name = listening.getsockname()
    return listening, client, current().sock_accept(listening), lambda: client.connect_ex(name)


def no_room_to_connect():
    # A queue of one, and one more that the kernel lets in: who comes then gets no answer.
    listening = socket.create_server(("127.0.0.1", 0), backlog=0)
    name = listening.getsockname()
    *waiting, left = [socket.socket() for _ in range(5)]
    left.setblocking(False)
    for each in waiting:
        each.setblocking(False)
        each.connect_ex(name)
    return left, listening, current().sock_connect(left, name), lambda: [w.close() for w in waiting]


def no_room_to_sendfile():
    left, right = socket.socketpair()
    left.setblocking(False)
    file = tempfile.TemporaryFile()  # noqa: SIM115 # closed by what comes last
    file.truncate(1 << 26)
    sending = current().sock_sendfile(left, file, fallback=False)
    return left, right, sending, lambda: (right.recv(1 << 20), file.close())


def current():
    return asyncio.get_running_loop()


OPERATIONS = {
    "sock_recv": nothing_to_read(lambda s: current().sock_recv(s, 100)),
    "sock_recv_into": nothing_to_read(lambda s: current().sock_recv_into(s, bytearray(100))),
    "sock_recvfrom": nothing_to_read(lambda s: current().sock_recvfrom(s, 100)),
    "sock_recvfrom_into": nothing_to_read(
        lambda s: current().sock_recvfrom_into(s, bytearray(100))
    ),
    "sock_sendall": no_room_to_sendall,
    "sock_sendto": no_room_to_sendto,
    "sock_accept": nobody_to_accept,
    "sock_connect": no_room_to_connect,
    "sock_sendfile": no_room_to_sendfile,
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_socket_closed_under_an_operation(run, name, foreign):
    """Its number is free at once, and another's: the operation asks the socket, not the number."""

    async def main():
        sock, other, operation, stir = OPERATIONS[name]()
        sock.setblocking(False)
        task = asyncio.ensure_future(operation)
        await some_passes()
        assert not task.done()
        number = sock.fileno()
        sock.close()
        foreign.take(number)
        assert foreign.has(number)
        with contextlib.suppress(ConnectionError):
            stir()
        await some_passes()
        task.cancel()
        await asyncio.wait([task])
        other.close()

    run(main())


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_cancelled_operation_watches_nothing(loop, run, name):
    async def main():
        sock, other, operation, stir = OPERATIONS[name]()
        with sock, other:
            sock.setblocking(False)
            task = asyncio.ensure_future(operation)
            await some_passes()
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()
            assert loop.remove_reader(sock) is False
            assert loop.remove_writer(sock) is False
            stir()

    run(main())


# asyncio's own sends from whatever has the number.
@pytest.mark.javaloop_only
def test_a_file_closed_while_it_is_sent(run, loop, foreign, tmp_path):
    (tmp_path / "file").write_bytes(BIG)

    async def main():
        left, right = socket.socketpair()
        left.setblocking(False)
        right.setblocking(False)
        with left, right:
            file = (tmp_path / "file").open("rb", buffering=0)
            task = asyncio.ensure_future(loop.sock_sendfile(left, file, fallback=False))
            await some_passes()
            assert not task.done()
            number = file.fileno()
            file.close()
            foreign.take(number)
            assert foreign.has(number)
            received = 0
            while received < len(BIG):
                data = await loop.sock_recv(right, 1 << 20)
                assert not data.strip(b"\0")
                received += len(data)
            with contextlib.suppress(ValueError):  # where it is told its position, it is closed
                assert await task == len(BIG)

    run(main())


def test_a_file_that_is_no_descriptor_cannot_be_sent_by_the_kernel(run, loop, pair):
    class File:
        def fileno(self):
            return 1 << 20

    async def main():
        with pytest.raises(asyncio.SendfileNotAvailableError, match="not a regular file"):
            await loop.sock_sendfile(pair[0], File(), fallback=False)

    run(main())


# --- add_reader and add_writer


@pytest.mark.parametrize("add", ["add_reader", "add_writer"])
def test_what_happens_to_the_next_owner_of_a_watched_number_calls_nobody(loop, one_pass, add):
    seen = []
    left, right = socket.socketpair()
    if add == "add_writer":
        left.setblocking(False)
        fill(left)
    number = left.fileno()
    mine, other = socket.socketpair()
    getattr(loop, add)(left, seen.append, "called")
    left.close()
    os.dup2(mine.fileno(), number)
    with right, mine, other, socket.socket(fileno=number):
        other.send(b"data")
        one_pass()
        assert seen == []


# asyncio's own asks epoll about the file that is gone.
@pytest.mark.javaloop_only
def test_the_next_owner_of_a_watched_number_is_watched_too(loop, one_pass):
    seen = []
    left, right = socket.socketpair()
    mine, other = socket.socketpair()
    number = left.fileno()
    loop.add_reader(left, seen.append, "old")
    left.close()
    os.dup2(mine.fileno(), number)
    with right, mine, other, socket.socket(fileno=number) as reused:
        loop.add_reader(reused, seen.append, "new")
        other.send(b"data")
        one_pass()
        assert seen == ["new"]
        assert loop.remove_reader(reused) is True


@pytest.mark.javaloop_only
def test_a_connection_under_the_number_of_an_operation_that_waits_in_vain(loop, run):
    async def main():
        left, right = socket.socketpair()
        mine, other = socket.socketpair()
        left.setblocking(False)
        vain = asyncio.ensure_future(loop.sock_recv(left, 100))
        await some_passes()
        number = left.fileno()
        left.close()
        os.dup2(mine.fileno(), number)
        reused = socket.socket(fileno=number)
        with right, mine, other:
            transport, protocol = await loop.create_connection(Recorder, sock=reused)
            other.send(b"data")
            while not protocol.data:
                await asyncio.sleep(0)
            vain.cancel()
            await asyncio.wait([vain])
            other.send(b"more")
            while protocol.data != b"datamore":
                await asyncio.sleep(0)
            transport.close()
            await protocol.lost

    run(main())
