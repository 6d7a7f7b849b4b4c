"""Stream transports: bytes in order and whole, flow control, and what a peer does to them."""

import asyncio
import contextlib
import errno
import os
import socket
from unittest import mock

import pytest
from helpers import Recorder, descriptors, reset

BIG = bytes(range(256)) * (1 << 15)  # 8 MiB, more than both ends have room for


class Buffered(asyncio.BufferedProtocol):
    """Reads into what ``make`` gives, and notes it."""

    def __init__(self, make):
        self.make = make
        self.data = bytearray()
        self.lost = asyncio.get_running_loop().create_future()

    def get_buffer(self, sizehint):
        self.buffer = self.make()
        return self.buffer

    def buffer_updated(self, count):
        self.data += memoryview(self.buffer).cast("B")[:count]

    def connection_lost(self, exc):
        self.lost.set_result(exc)


async def connected(make=Recorder):
    """A protocol on a transport, and the socket at the other end."""
    left, right = socket.socketpair()
    loop = asyncio.get_running_loop()
    _, protocol = await loop.create_connection(make, sock=left)
    right.setblocking(False)
    return protocol, right


async def received(sock):
    """All that comes until the other end closes."""
    loop = asyncio.get_running_loop()
    parts = []
    while part := await loop.sock_recv(sock, 1 << 20):
        parts.append(part)
    return b"".join(parts)


async def tcp_pair(make=Recorder):
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        address = listening.getsockname()
        (_, protocol), (peer, _) = await asyncio.gather(
            loop.create_connection(make, *address), loop.sock_accept(listening)
        )
    return protocol, peer


# --- bytes


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_all_that_is_written_arrives(run, kind):
    async def main():
        protocol, peer = await connected()
        with peer:
            protocol.transport.write(kind(BIG))
            protocol.transport.write(kind(b"end"))
            protocol.transport.close()
            assert await received(peer) == BIG + b"end"
            assert await protocol.lost is None

    run(main())


def test_part_of_a_view_is_written(run):
    async def main():
        protocol, peer = await connected()
        with peer:
            protocol.transport.write(memoryview(b"0123456789")[2:5])
            protocol.transport.writelines([b"a", bytearray(b"b"), memoryview(b"xcx")[1:2]])
            protocol.transport.write(b"")
            protocol.transport.close()
            assert await received(peer) == b"234abc"

    run(main())


def test_many_small_writes_behind_a_large_one(run):
    async def main():
        protocol, peer = await connected()
        with peer:
            pieces = [BIG] + [b"%d," % i for i in range(5000)]
            for piece in pieces:
                protocol.transport.write(piece)
            protocol.transport.close()
            assert await received(peer) == b"".join(pieces)

    run(main())


def test_what_is_no_bytes_is_refused(run):
    async def main():
        protocol, peer = await connected()
        with peer, pytest.raises(TypeError, match="must be a bytes-like object, not 'str'"):
            protocol.transport.write("text")
        protocol.transport.abort()

    run(main())


def test_all_that_is_sent_is_received(run):
    async def main():
        protocol, peer = await connected()
        with peer:
            await asyncio.get_running_loop().sock_sendall(peer, BIG)
        assert await protocol.lost is None
        assert protocol.data == BIG
        assert protocol.calls[-2:] == ["eof_received", "connection_lost"]

    run(main())


def whole_bytearray():
    return bytearray(4096)


def view_of_all():
    return memoryview(bytearray(4096))


def view_of_a_part():
    return memoryview(bytearray(4096))[100:1000]


def view_of_numbers():
    return memoryview(bytearray(4096)).cast("I")


@pytest.mark.parametrize("make", [whole_bytearray, view_of_all, view_of_a_part, view_of_numbers])
def test_a_buffered_protocol_reads_into_its_buffer(run, make):
    async def main():
        protocol, peer = await connected(lambda: Buffered(make))
        with peer:
            await asyncio.get_running_loop().sock_sendall(peer, BIG[:100_000])
        assert await protocol.lost is None
        assert protocol.data == BIG[:100_000]

    run(main())


@pytest.mark.parametrize("buffer", [b"readonly", bytearray(), memoryview(b"readonly")])
def test_a_buffer_that_cannot_be_filled_ends_the_connection(run, reports, buffer):
    async def main():
        protocol, peer = await connected(lambda: Buffered(lambda: buffer))
        with peer:
            peer.send(b"x")
            error = await protocol.lost
            assert isinstance(error, (RuntimeError, TypeError, BufferError, ValueError))
        assert len(reports) == 1

    run(main())


def test_a_protocol_may_be_changed_for_a_buffered_one(run):
    async def main():
        first, peer = await connected()
        with peer:
            peer.send(b"one")
            while not first.data:
                await asyncio.sleep(0)
            second = Buffered(view_of_all)
            first.transport.set_protocol(second)
            peer.send(b"two")
        assert await second.lost is None
        assert (first.data, second.data) == (b"one", b"two")

    run(main())


# --- flow control


def test_a_reader_that_never_reads_stops_the_writer(run):
    async def main():
        protocol, peer = await connected()
        transport = protocol.transport
        transport.set_write_buffer_limits(high=1000, low=100)
        with peer:
            transport.write(BIG)
            assert protocol.calls == ["connection_made", "pause_writing"]
            assert 0 < transport.get_write_buffer_size() <= len(BIG)
            waiting = transport.get_write_buffer_size()
            transport.write(b"more")
            assert transport.get_write_buffer_size() == waiting + 4
            transport.close()
            assert await received(peer) == BIG + b"more"
        assert protocol.calls[1:] == ["pause_writing", "resume_writing", "connection_lost"]
        assert transport.get_write_buffer_size() == 0

    run(main())


def test_a_paused_transport_reads_nothing(run):
    async def main():
        protocol, peer = await connected()
        with peer:
            protocol.transport.pause_reading()
            assert not protocol.transport.is_reading()
            peer.send(b"data")
            for _ in range(5):
                await asyncio.sleep(0)
            assert protocol.data == b""
            protocol.transport.resume_reading()
            while not protocol.data:
                await asyncio.sleep(0)
            assert protocol.data == b"data"
            protocol.transport.close()

    run(main())


def test_half_closed(run):
    class Keeps(Recorder):
        def eof_received(self):
            super().eof_received()
            return True

    async def main():
        protocol, peer = await connected(Keeps)
        with peer:
            peer.shutdown(socket.SHUT_WR)
            while "eof_received" not in protocol.calls:
                await asyncio.sleep(0)
            protocol.transport.write(b"answer")
            protocol.transport.write_eof()
            assert await received(peer) == b"answer"
            with pytest.raises(RuntimeError, match="after write_eof"):
                protocol.transport.write(b"late")
            protocol.transport.close()
            await protocol.lost

    run(main())


def test_the_end_comes_behind_what_waits(run):
    async def main():
        protocol, peer = await connected()
        with peer:
            protocol.transport.write(BIG)
            protocol.transport.write_eof()
            assert await received(peer) == BIG
        await protocol.lost

    run(main())


def test_abort_forgets_what_waits(run):
    async def main():
        protocol, peer = await connected()
        with peer:
            protocol.transport.write(BIG)
            protocol.transport.abort()
            assert protocol.transport.is_closing()
            assert await protocol.lost is None
            assert len(await received(peer)) < len(BIG)

    run(main())


# --- what a peer does


def test_a_reset_while_reading(run, reports):
    async def main():
        protocol, peer = await tcp_pair()
        reset(peer)
        assert isinstance(await protocol.lost, ConnectionResetError)
        assert reports == []

    run(main())


def test_a_reset_while_bytes_wait(run, reports):
    async def main():
        protocol, peer = await tcp_pair()
        protocol.transport.write(BIG * 2)
        assert protocol.transport.get_write_buffer_size()
        reset(peer)
        assert isinstance(await protocol.lost, ConnectionError)
        assert reports == []

    run(main())


def test_writing_to_a_peer_that_is_gone(run, reports, caplog):
    async def main():
        protocol, peer = await connected()
        protocol.transport.pause_reading()  # or the end of the stream is seen first
        peer.close()
        while not protocol.lost.done():
            protocol.transport.write(b"data")
            await asyncio.sleep(0)
        assert isinstance(await protocol.lost, (BrokenPipeError, ConnectionResetError))
        for _ in range(10):
            protocol.transport.write(b"nobody reads it")
        assert "socket.send() raised exception." in caplog.text
        assert reports == []

    run(main())


@pytest.mark.parametrize(
    "name", ["connection_made", "data_received", "eof_received", "pause_writing", "resume_writing"]
)
def test_a_protocol_that_raises_is_reported(run, reports, name):
    async def main():
        protocol, peer = await connected(lambda: Recorder(raises=name))
        with peer:
            protocol.transport.write(BIG)
            peer.send(b"data")
            got = b""
            while len(got) < len(BIG) and not protocol.lost.done():
                got += await asyncio.get_running_loop().sock_recv(peer, 1 << 20)
            peer.shutdown(socket.SHUT_WR)
            error = await protocol.lost
        fatal = name in ("data_received", "eof_received")
        assert isinstance(error, ZeroDivisionError) if fatal else error is None
        assert [str(context["exception"]) for context in reports] == [name]

    run(main())


def test_a_protocol_that_raises_at_the_end_is_reported(run, reports):
    async def main():
        protocol, peer = await connected(lambda: Recorder(raises="connection_lost"))
        peer.close()
        await protocol.lost
        await asyncio.sleep(0)
        assert [str(context["exception"]) for context in reports] == ["connection_lost"]

    run(main())


# asyncio's own transport ends twice when it is closed in resume_writing.
ours = pytest.param("resume_writing", marks=pytest.mark.javaloop_only)


@pytest.mark.parametrize(
    "name", ["connection_made", "data_received", "eof_received", "pause_writing", ours]
)
def test_a_protocol_that_closes(run, reports, name):
    async def main():
        protocol, peer = await connected(lambda: Recorder(closes=name))
        with peer:
            if "writing" in name:
                protocol.transport.write(BIG)
                assert await received(peer) == BIG
            elif name == "data_received":
                peer.send(b"data")
            elif name == "eof_received":
                peer.shutdown(socket.SHUT_WR)
            assert await protocol.lost is None
        assert protocol.calls.count("connection_lost") == 1
        assert reports == []

    run(main())


# --- descriptors


def test_no_descriptor_stays_open(run, reports):
    async def once(end):
        protocol, peer = await tcp_pair()
        with peer:
            if end == "abort":
                protocol.transport.write(BIG)
                protocol.transport.abort()
            elif end == "reset":
                reset(peer)
            elif end == "eof":
                peer.shutdown(socket.SHUT_WR)
            else:
                protocol.transport.close()
            await protocol.lost

    async def main():
        ends = ["close", "abort", "reset", "eof"]
        for end in ends:
            await once(end)
        before = descriptors()
        for end in ends * 10:
            await once(end)
        assert descriptors() == before

    run(main())


# asyncio's own asks epoll about the foreign file.
waiting = pytest.param("waiting write", marks=pytest.mark.javaloop_only)


@pytest.mark.parametrize("use", ["read", "write", waiting])
def test_a_socket_closed_under_its_transport(run, loop, use, foreign):
    """Files that are opened meanwhile get its number in vain: none of their bytes moves."""

    async def main():
        left, right = socket.socketpair()
        _, protocol = await loop.create_connection(Recorder, sock=left)
        if use == "waiting write":
            protocol.transport.write(BIG)
        number = left.fileno()
        left.close()
        foreign.take(number)
        with right:
            if use == "write":
                protocol.transport.write(b"data")
            else:
                with contextlib.suppress(BrokenPipeError):  # asyncio's own is closed by now
                    right.send(b"data")
            protocol.transport.abort()
            await protocol.lost
        assert protocol.data in (b"", b"data")

    run(main())


def test_a_detached_socket_ends_the_connection(run):
    async def main():
        protocol, peer = await connected()
        sock = protocol.transport.get_extra_info("socket")
        number = sock._sock.detach()
        with peer, socket.socket(fileno=number) as mine:
            protocol.transport.write(b"not any more")
            error = await protocol.lost
            assert isinstance(error, OSError) and error.errno == errno.EBADF
            mine.send(b"mine")
            assert peer.recv(100) == b"mine"

    run(main())


def test_a_server_survives_a_lack_of_descriptors(loop, run, reports):
    """It reports it, waits, and then accepts who has waited."""

    class Listening(socket.socket):
        full = True

        def accept(self):
            if self.full:
                self.full = False
                raise OSError(errno.EMFILE, "Too many open files")
            return super().accept()

    async def main():
        made = []

        def make():
            made.append(Recorder())
            return made[-1]

        listening = Listening()
        listening.bind(("127.0.0.1", 0))
        server = await loop.create_server(make, sock=listening)
        with socket.create_connection(listening.getsockname()) as client:
            client.send(b"data")
            while not (made and made[0].data):
                await asyncio.sleep(0.01)
        assert [each["message"] for each in reports] == ["socket.accept() out of system resource"]
        assert await made[0].lost is None
        server.close()
        await server.wait_closed()

    run(main())


def test_a_transport_keeps_its_descriptor_to_itself(run, loop):
    async def main():
        protocol, peer = await connected()
        number = protocol.transport.get_extra_info("socket").fileno()
        with peer:
            for refused in (
                lambda: loop.add_reader(number, print),
                lambda: loop.add_writer(number, print),
                lambda: loop.remove_reader(number),
                lambda: loop.remove_writer(number),
            ):
                with pytest.raises(RuntimeError, match="is used by transport"):
                    refused()
            assert not os.get_inheritable(number)
            protocol.transport.close()
            await protocol.lost

    run(main())


def test_new_transports_while_socket_is_replaced_by_a_function(run):
    """As ``unittest.mock.patch`` does, and tools that count or forbid sockets."""
    real = socket.socket
    made = []

    def counted(*args, **named):
        made.append(real(*args, **named))
        return made[-1]

    class Datagrams(asyncio.DatagramProtocol):
        pass

    async def main():
        server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(Datagrams, ("127.0.0.1", 0))
        transport.close()
        await asyncio.sleep(0)

    with mock.patch("socket.socket", counted):
        run(main())
    assert made


@pytest.mark.parametrize("method", ["write", "writelines"])
def test_bytes_with_gaps_cannot_be_sent(loop, run, reports, pair, method):
    gaps = memoryview(b"abcdef")[::2]
    left, _ = pair

    async def main():
        transport, protocol = await loop.create_connection(Recorder, sock=left)
        getattr(transport, method)([gaps] if method == "writelines" else gaps)
        assert transport.is_closing()
        return await protocol.lost

    error = run(main())
    assert type(error) is BufferError
    assert [(each["message"], each["exception"]) for each in reports] == [
        ("Fatal write error on socket transport", error)
    ]


def test_bytes_that_lie_together_in_a_view_are_sent(loop, run, pair):
    left, right = pair

    async def main():
        transport, _ = await loop.create_connection(Recorder, sock=left)
        transport.write(memoryview(b"abcdef")[1:3])
        transport.writelines([memoryview(b"abcdef")[3:], bytearray(b"g"), b"h"])
        transport.writelines([])
        with pytest.raises(TypeError, match="a bytes-like object is required, not 'str'"):
            transport.writelines([b"x", "text"])
        with pytest.raises(TypeError, match="data argument must be a bytes-like object, not 'str'"):
            transport.write("text")
        transport.write_eof()
        with pytest.raises(RuntimeError, match=r"Cannot call write\(\) after write_eof\(\)"):
            transport.write(b"x")
        with pytest.raises(RuntimeError, match=r"Cannot call writelines\(\) after write_eof\(\)"):
            transport.writelines([b"x"])
        assert await loop.sock_recv(right, 100) == b"bcdefgh"
        transport.close()

    run(main())


# --- what programs replace


def test_bytes_may_be_named(run, pair):
    async def main():
        left, right = pair
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_connection(asyncio.Protocol, sock=left)
        transport.write(data=b"named")
        assert await loop.sock_recv(right, 100) == b"named"
        for arguments, named in (((), {}), ((b"x", b"y"), {}), ((), {"dat": b"x"})):
            with pytest.raises(TypeError):
                transport.write(*arguments, **named)
        transport.close()

    run(main())


def test_a_transport_asks_for_no_more_than_its_size(run, pair):
    async def main():
        left, right = pair
        loop = asyncio.get_running_loop()
        transport, protocol = await loop.create_connection(Recorder, sock=left)
        parts = []
        protocol.data_received = parts.append
        transport.max_size = 3
        await loop.sock_sendall(right, b"abcdefgh")
        while sum(map(len, parts)) < 8:
            await asyncio.sleep(0)
        assert parts == [b"abc", b"def", b"gh"]
        transport.close()

    run(main())


@pytest.mark.parametrize("name", ["get_buffer", "buffer_updated"])
def test_a_buffered_protocol_that_raises_ends_the_connection(run, reports, name):
    async def main():
        protocol, peer = await connected(lambda: Buffered(lambda: bytearray(100)))
        setattr(protocol, name, lambda _: 1 / 0)
        with peer:
            peer.send(b"x")
            assert isinstance(await protocol.lost, ZeroDivisionError)
        (context,) = reports
        assert context["message"] == f"Fatal error: protocol.{name}() call failed."

    run(main())


def test_a_protocol_replaces_the_write_of_its_transport(run, pair):
    """As middleware and tests do."""

    async def main():
        left, right = pair
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_connection(asyncio.Protocol, sock=left)
        with mock.patch.object(transport, "write", wraps=transport.write) as write:
            transport.write(b"seen")
        assert write.mock_calls == [mock.call(b"seen")]
        assert await loop.sock_recv(right, 100) == b"seen"
        seen = []
        with mock.patch.object(type(transport), "write", lambda *given: seen.append(given)):
            transport.write(b"not sent")
        assert seen == [(transport, b"not sent")]
        transport.write(b"sent")
        assert await loop.sock_recv(right, 100) == b"sent"
        transport.close()

    run(main())


def test_a_protocol_that_ends_the_loop(loop, pair):
    """KeyboardInterrupt and SystemExit go through."""
    left, right = pair

    class Ending(asyncio.Protocol):
        def data_received(self, data):
            raise SystemExit(len(data))

    transport, _ = loop.run_until_complete(loop.create_connection(Ending, sock=left))
    right.send(b"12345")
    with pytest.raises(SystemExit) as ended:
        loop.run_forever()
    assert ended.value.code == 5
    transport.close()
    loop.run_until_complete(asyncio.sleep(0))
