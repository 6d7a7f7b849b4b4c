"""``sock_*``: what they give, and what peers do to them; their ends are in test_ownership.py."""

import asyncio
import contextlib
import errno
import io
import os
import socket

import pytest
from helpers import reset

BIG = bytes(range(256)) * (1 << 14)


async def some_passes():
    for _ in range(5):
        await asyncio.sleep(0)


async def when_it_waits(operation, then):
    """Starts the operation, does something once it waits, and gives its result."""
    task = asyncio.ensure_future(operation)
    await some_passes()
    assert not task.done()
    then()
    return await task


@pytest.fixture
def tcp_pair():
    with socket.create_server(("127.0.0.1", 0)) as listening, contextlib.ExitStack() as stack:
        left = stack.enter_context(socket.create_connection(listening.getsockname()))
        right = stack.enter_context(listening.accept()[0])
        left.setblocking(False)
        right.setblocking(False)
        yield left, right


@pytest.fixture
def udp_pair():
    with contextlib.ExitStack() as stack:
        pair = [
            stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in range(2)
        ]
        for each in pair:
            each.setblocking(False)
            each.bind(("127.0.0.1", 0))
        yield pair


# --- results


@pytest.mark.parametrize("early", [True, False])
def test_receiving(run, loop, pair, early):
    """Of what is there, and of what comes."""
    left, right = pair

    async def got(operation):
        if early:
            right.send(b"data")
            return await operation
        return await when_it_waits(operation, lambda: right.send(b"data"))

    async def main():
        assert await got(loop.sock_recv(left, 100)) == b"data"
        buffer = bytearray(10)
        assert await got(loop.sock_recv_into(left, buffer)) == 4
        assert buffer == b"data" + bytes(6)
        assert await got(loop.sock_recv_into(left, memoryview(buffer)[6:])) == 4
        assert buffer == b"data\0\0data"
        assert await got(loop.sock_recv(left, 3)) == b"dat"
        assert await loop.sock_recv(left, 3) == b"a"

    run(main())


@pytest.mark.parametrize("early", [True, False])
def test_receiving_datagrams(run, loop, udp_pair, early):
    left, right = udp_pair
    address = right.getsockname()

    async def got(operation):
        def send():
            right.sendto(b"data", left.getsockname())

        if early:
            send()
            return await operation
        return await when_it_waits(operation, send)

    async def main():
        assert await got(loop.sock_recvfrom(left, 100)) == (b"data", address)
        assert await got(loop.sock_recvfrom(left, 2)) == (b"da", address)
        buffer = bytearray(10)
        assert await got(loop.sock_recvfrom_into(left, buffer)) == (4, address)
        assert buffer == b"data" + bytes(6)
        assert await got(loop.sock_recvfrom_into(left, memoryview(buffer)[4:], 3)) == (3, address)
        assert buffer == b"datadat\0\0\0"
        assert await loop.sock_sendto(left, b"answer", address) == 6
        assert await loop.sock_recvfrom(right, 100) == (b"answer", left.getsockname())

    run(main())


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_sending_more_than_there_is_room_for(run, loop, pair, kind):
    left, right = pair

    async def main():
        sending = asyncio.ensure_future(loop.sock_sendall(left, kind(BIG)))
        got = bytearray()
        while len(got) < len(BIG):
            got += await loop.sock_recv(right, 1 << 20)
        assert got == BIG
        assert await sending is None

    run(main())


def test_sendto_waits_for_room(run, loop):
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as left,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as right,
    ):
        right.bind("")
        left.setblocking(False)

        async def main():
            with contextlib.suppress(BlockingIOError):
                while True:
                    left.sendto(b"data", right.getsockname())
            sending = loop.sock_sendto(left, b"later", right.getsockname())

            def read():
                while right.recv(10) != b"later":
                    pass

            task = asyncio.ensure_future(sending)
            await some_passes()
            assert not task.done()
            await asyncio.gather(task, loop.run_in_executor(None, read))
            assert task.result() == 5

        run(main())


@pytest.mark.parametrize("family, host", [("AF_INET", "127.0.0.1"), ("AF_INET6", "::1")])
def test_accepting_and_connecting(run, loop, family, host):
    async def main():
        family_of_it = getattr(socket, family)
        listening = socket.create_server((host, 0), family=family_of_it)
        with listening, socket.socket(family_of_it) as client:
            listening.setblocking(False)
            client.setblocking(False)
            accepting = asyncio.ensure_future(loop.sock_accept(listening))
            await some_passes()
            assert await loop.sock_connect(client, listening.getsockname()) is None
            peer, address = await accepting
            with peer:
                assert address == client.getsockname()
                assert peer.gettimeout() == 0
                assert not os.get_inheritable(peer.fileno())

    run(main())


def test_connecting_resolves_names(run, loop):
    async def main():
        with (
            socket.create_server(("127.0.0.1", 0)) as listening,
            socket.socket(socket.AF_INET) as client,
        ):
            client.setblocking(False)
            await loop.sock_connect(client, ("localhost", listening.getsockname()[1]))
            assert client.getpeername() == listening.getsockname()

    run(main())


@pytest.mark.parametrize("name", ["path", "abstract"])
def test_unix_sockets(run, loop, name, tmp_path):
    address = str(tmp_path / "socket") if name == "path" else f"\0javaloop-test-{os.getpid()}"

    async def main():
        with (
            socket.socket(socket.AF_UNIX) as listening,
            socket.socket(socket.AF_UNIX) as client,
        ):
            listening.bind(address)
            listening.listen()
            listening.setblocking(False)
            client.setblocking(False)
            (peer, _), _ = await asyncio.gather(
                loop.sock_accept(listening), loop.sock_connect(client, address)
            )
            with peer:
                await loop.sock_sendall(peer, b"data")
                assert await loop.sock_recv(client, 10) == b"data"

    run(main())


# --- what peers do


def test_the_end_is_no_bytes(run, loop, pair):
    left, right = pair

    async def main():
        assert await when_it_waits(loop.sock_recv(left, 10), right.close) == b""
        assert await loop.sock_recv_into(left, bytearray(10)) == 0

    run(main())


@pytest.mark.parametrize(
    "operation",
    [
        lambda loop, sock: loop.sock_recv(sock, 10),
        lambda loop, sock: loop.sock_recv_into(sock, bytearray(10)),
        lambda loop, sock: loop.sock_recvfrom(sock, 10),
        lambda loop, sock: loop.sock_recvfrom_into(sock, bytearray(10)),
        lambda loop, sock: loop.sock_sendall(sock, BIG * 4),
    ],
    ids=["recv", "recv_into", "recvfrom", "recvfrom_into", "sendall"],
)
def test_a_reset(run, loop, tcp_pair, operation):
    left, right = tcp_pair

    async def main():
        with pytest.raises(ConnectionError):
            await when_it_waits(operation(loop, left), lambda: reset(right))
        assert loop.remove_reader(left) is False
        assert loop.remove_writer(left) is False

    run(main())


def test_a_reset_while_a_file_is_sent(run, loop, tcp_pair, tmp_path):
    left, right = tcp_pair
    path = tmp_path / "sparse"
    path.touch()
    os.truncate(path, 1 << 26)

    async def main():
        with path.open("rb") as file:
            sending = loop.sock_sendfile(left, file, fallback=False)
            with pytest.raises(ConnectionError):
                await when_it_waits(sending, lambda: reset(right))
            assert file.tell() > 0
        assert loop.remove_writer(left) is False

    run(main())


def test_nobody_listens(run, loop):
    async def main():
        with socket.create_server(("127.0.0.1", 0)) as listening:
            address = listening.getsockname()
        with socket.socket() as client:
            client.setblocking(False)
            with pytest.raises(ConnectionRefusedError):
                await loop.sock_connect(client, address)
            assert loop.remove_writer(client) is False

    run(main())


def test_no_such_path(run, loop, tmp_path):
    async def main():
        with socket.socket(socket.AF_UNIX) as client:
            client.setblocking(False)
            with pytest.raises(FileNotFoundError):
                await loop.sock_connect(client, str(tmp_path / "absent"))

    run(main())


def test_not_connected(run, loop):
    async def main():
        with socket.socket() as sock:
            sock.setblocking(False)
            for operation in (loop.sock_recv(sock, 10), loop.sock_sendall(sock, b"data")):
                with pytest.raises(OSError) as caught:
                    await operation
                assert caught.value.errno in (errno.ENOTCONN, errno.EPIPE)
            with pytest.raises(OSError) as caught:
                await loop.sock_accept(sock)
            assert caught.value.errno == errno.EINVAL

    run(main())


def test_debug_mode_wants_sockets_that_do_not_block(run, loop):
    left, right = socket.socketpair()
    loop.set_debug(True)

    async def main():
        for operation in (
            loop.sock_recv(left, 10),
            loop.sock_recv_into(left, bytearray(10)),
            loop.sock_recvfrom(left, 10),
            loop.sock_recvfrom_into(left, bytearray(10)),
            loop.sock_sendall(left, b"x"),
            loop.sock_sendto(left, b"x", right.getsockname()),
            loop.sock_connect(left, right.getsockname()),
            loop.sock_accept(left),
            loop.sock_sendfile(left, io.BytesIO(b"x")),
        ):
            with pytest.raises(ValueError, match="must be non-blocking"):
                await operation

    with left, right:
        run(main())


@pytest.mark.parametrize(
    "options, error",
    [
        ({"offset": -1}, "offset must be a non-negative"),
        ({"count": 0}, "count must be a positive"),
    ],
)
def test_what_sendfile_refuses(run, loop, pair, options, error, tmp_path):
    async def main():
        with (tmp_path / "file").open("w+b") as file, pytest.raises(ValueError, match=error):
            await loop.sock_sendfile(pair[0], file, **options)

    run(main())


def test_a_socket_of_a_transport_is_refused(run, loop, pair):
    left, _ = pair

    async def main():
        transport, _ = await loop.create_connection(asyncio.Protocol, sock=left)
        with pytest.raises(RuntimeError, match="is used by transport"):
            await loop.sock_recv(left, 10)
        transport.abort()

    run(main())


def test_two_at_once_in_both_directions(run, loop, pair):
    left, right = pair

    async def main():
        receiving = asyncio.ensure_future(loop.sock_recv(left, 100))
        sending = asyncio.ensure_future(loop.sock_sendall(left, BIG * 8))
        await some_passes()
        assert not receiving.done() and not sending.done()
        right.send(b"data")
        assert await receiving == b"data"
        got = 0
        while got < 8 * len(BIG):
            got += len(await loop.sock_recv(right, 1 << 20))
        await sending

    run(main())


@pytest.mark.javaloop_only
def test_waiting_makes_no_passes(run, loop, datagram_pair):
    left, right = datagram_pair

    async def main():
        with contextlib.suppress(BlockingIOError):
            while True:
                left.send(b"data")
        sending = asyncio.ensure_future(loop.sock_sendall(left, b"data"))
        receiving = asyncio.ensure_future(loop.sock_recv(left, 10))
        await some_passes()
        before = loop.stats().passes
        await asyncio.sleep(0.2)
        assert not sending.done() and not receiving.done()
        assert loop.stats().passes - before <= 3
        with contextlib.suppress(BlockingIOError):
            while True:
                right.recv(10)
        await sending
        right.send(b"data")
        assert await receiving == b"data"
        assert loop.stats().passes - before <= 10

    run(main())


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
@pytest.mark.parametrize("family", [None, socket.AF_UNIX])
def test_a_socketpair_is_of_the_unix_family(family, kind):
    left, right = socket.socketpair(family, kind)
    with left, right:
        for each in (left, right):
            assert (each.family, each.type, each.gettimeout()) == (socket.AF_UNIX, kind, None)
            assert each.getsockname() == each.getpeername() == ""
            assert not each.get_inheritable()
        left.send(b"one")
        left.send(b"two")
        assert right.recv(3) == b"one"
        assert right.recv(100) == b"two"


def test_there_is_no_socketpair_of_what_the_system_has_none():
    with pytest.raises(OSError) as caught:
        socket.socketpair(socket.AF_INET)
    assert caught.value.errno == errno.EOPNOTSUPP
