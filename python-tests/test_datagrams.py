"""Datagram endpoints: addresses, errors, flow control, and their ends."""

import asyncio
import contextlib
import errno
import os
import socket

import pytest
from helpers import Noting, descriptors


class Recorder(Noting, asyncio.DatagramProtocol):
    def __init__(self, raises=None):
        super().__init__(raises)
        self.received = asyncio.Queue()
        self.errors = asyncio.Queue()

    def datagram_received(self, data, addr):
        self.received.put_nowait((data, addr))
        self.note("datagram_received")

    def error_received(self, exc):
        self.errors.put_nowait(exc)
        self.note("error_received")


async def endpoint(make=Recorder, **options):
    loop = asyncio.get_running_loop()
    return await loop.create_datagram_endpoint(make, **options)


def address_of(transport):
    return transport.get_extra_info("sockname")


async def end(*transports):
    """Closes them and waits until they have gone."""
    for transport in transports:
        protocol = transport.get_protocol()
        transport.close()
        await protocol.lost


# --- addresses


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_datagram_and_its_answer(run, host):
    async def main():
        here, server = await endpoint(local_addr=(host, 0))
        family = here.get_extra_info("socket").family
        there, client = await endpoint(remote_addr=address_of(here)[:2], family=family)
        assert there.get_extra_info("peername") == address_of(here)
        there.sendto(b"question")
        data, source = await server.received.get()
        assert (data, source) == (b"question", address_of(there))
        here.sendto(b"answer", source)
        assert await client.received.get() == (b"answer", address_of(here))
        await end(here, there)
        assert server.calls == client.calls
        assert server.calls == ["connection_made", "datagram_received", "connection_lost"]

    run(main())


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_without_an_address_a_family_says_all(run, family):
    async def main():
        here, _ = await endpoint(family=family)
        sock = here.get_extra_info("socket")
        assert (sock.family, sock.type) == (family, socket.SOCK_DGRAM)
        assert here.get_extra_info("peername") is None
        await end(here)

    run(main())


def test_both_addresses(run):
    async def main():
        here, server = await endpoint(local_addr=("127.0.0.1", 0))
        there, _ = await endpoint(local_addr=("127.0.0.1", 0), remote_addr=address_of(here))
        there.sendto(b"")  # asyncio sends no empty ones, until 3.13
        there.sendto(b"data", address_of(here))
        while (got := await server.received.get())[0] == b"":
            pass
        assert got == (b"data", address_of(there))
        await end(here, there)

    run(main())


def test_proto_and_flags(run):
    async def main():
        here, _ = await endpoint(
            local_addr=("127.0.0.1", 0), proto=socket.IPPROTO_UDP, flags=socket.AI_NUMERICHOST
        )
        assert here.get_extra_info("socket").proto == socket.IPPROTO_UDP
        await end(here)
        with pytest.raises(socket.gaierror):
            await endpoint(local_addr=("localhost", 0), flags=socket.AI_NUMERICHOST)

    run(main())


def test_reuse_port(run):
    async def main():
        first, _ = await endpoint(local_addr=("127.0.0.1", 0), reuse_port=True)
        second, _ = await endpoint(local_addr=address_of(first), reuse_port=True)
        assert address_of(first) == address_of(second)
        with pytest.raises(OSError) as caught:
            await endpoint(local_addr=address_of(first))
        assert caught.value.errno == errno.EADDRINUSE
        await end(first, second)

    run(main())


def test_allow_broadcast(run):
    async def main():
        options = []
        for allow in (None, True):
            here, _ = await endpoint(local_addr=("127.0.0.1", 0), allow_broadcast=allow)
            sock = here.get_extra_info("socket")
            options.append(bool(sock.getsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST)))
            await end(here)
        assert options == [False, True]

    run(main())


def test_a_broadcast_that_is_not_allowed_is_an_error_received(run):
    async def main():
        here, protocol = await endpoint(local_addr=("127.0.0.1", 0))
        here.sendto(b"data", ("255.255.255.255", 9))
        assert isinstance(await protocol.errors.get(), PermissionError)
        await end(here)

    run(main())


def test_a_socket_of_ones_own(run, datagram_pair):
    async def main():
        left, right = datagram_pair
        here, protocol = await endpoint(sock=left)
        assert here.get_extra_info("socket").fileno() == left.fileno()
        assert here.get_extra_info("sockname") == left.getsockname()
        assert here.get_extra_info("peername") == right.getsockname()
        here.sendto(bytearray(b"one"))
        here.sendto(memoryview(b"xtwox")[1:4], None)
        assert [right.recv(10), right.recv(10)] == [b"one", b"two"]
        right.send(b"three")
        assert (await protocol.received.get())[0] == b"three"
        await end(here)
        assert left.fileno() == -1

    run(main())


@pytest.mark.parametrize(
    "options, error",
    [
        ({}, "unexpected address family"),
        ({"local_addr": "nonsense"}, "2-tuple is expected"),
        ({"local_addr": ("127.0.0.1", 0), "remote_addr": ("::1", 9)}, "can not get address"),
        ({"family": socket.AF_UNIX, "local_addr": 5}, "string is expected"),
        ({"family": 4711}, "."),
    ],
)
def test_what_is_refused(run, options, error):
    async def main():
        before = descriptors()
        with pytest.raises((ValueError, TypeError, OSError), match=error):
            await endpoint(**options)
        assert descriptors() == before

    run(main())


def test_a_socket_is_not_given_with_addresses_nor_of_another_kind(run, datagram_pair, pair):
    async def main():
        with pytest.raises(ValueError, match="socket modifier keyword arguments can not be used"):
            await endpoint(sock=datagram_pair[0], local_addr=("127.0.0.1", 0))
        with pytest.raises(ValueError, match=r"A (UDP|datagram) [Ss]ocket was expected"):
            await endpoint(sock=pair[0])

    run(main())


def test_an_address_that_is_taken_leaves_nothing_open(run):
    async def main():
        here, _ = await endpoint(local_addr=("127.0.0.1", 0))
        before = descriptors()
        for _ in range(3):
            with pytest.raises(OSError) as caught:
                await endpoint(local_addr=address_of(here))
            assert caught.value.errno == errno.EADDRINUSE
        assert descriptors() == before
        await end(here)

    run(main())


# --- Unix


def test_unix_paths(run, tmp_path):
    path = str(tmp_path / "socket")

    async def main():
        here, server = await endpoint(local_addr=path, family=socket.AF_UNIX)
        there, client = await endpoint(
            local_addr=path + "2", remote_addr=path, family=socket.AF_UNIX
        )
        there.sendto(b"question")
        data, source = await server.received.get()
        assert (data, source) == (b"question", path + "2")
        here.sendto(b"answer", source)
        assert await client.received.get() == (b"answer", path)
        await end(here, there)

    run(main())


def test_a_unix_socket_that_nobody_has_any_more_is_removed(run, tmp_path):
    path = str(tmp_path / "socket")

    async def main():
        for _ in range(2):
            here, _ = await endpoint(local_addr=path, family=socket.AF_UNIX)
            await end(here)
            assert os.path.exists(path)

    run(main())


def test_a_path_that_is_no_socket_stays(run, tmp_path):
    path = tmp_path / "file"
    path.write_text("mine")

    async def main():
        with pytest.raises(OSError) as caught:
            await endpoint(local_addr=str(path), family=socket.AF_UNIX)
        assert caught.value.errno == errno.EADDRINUSE
        assert path.read_text() == "mine"

    run(main())


def test_abstract_names(run):
    name = f"\0javaloop-test-{os.getpid()}"

    async def main():
        here, server = await endpoint(local_addr=name, family=socket.AF_UNIX)
        there, _ = await endpoint(remote_addr=name, family=socket.AF_UNIX)
        there.sendto(b"data")
        assert (await server.received.get())[0] == b"data"
        assert address_of(here) == name.encode()
        await end(here, there)

    run(main())


def test_nobody_has_the_unix_name(run, tmp_path):
    async def main():
        with pytest.raises(FileNotFoundError):
            await endpoint(remote_addr=str(tmp_path / "absent"), family=socket.AF_UNIX)

    run(main())


# --- errors


def free_address():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()


def test_a_port_that_is_closed_is_an_error_received(run):
    async def main():
        here, protocol = await endpoint(remote_addr=free_address())
        for _ in range(3):
            here.sendto(b"data")
            assert isinstance(await protocol.errors.get(), ConnectionRefusedError)
        assert not here.is_closing()
        await end(here)
        assert await protocol.lost is None

    run(main())


def test_a_datagram_that_is_too_long_is_an_error_received(run):
    async def main():
        here, protocol = await endpoint(local_addr=("127.0.0.1", 0))
        here.sendto(bytes(70_000), address_of(here))
        assert (await protocol.errors.get()).errno == errno.EMSGSIZE
        here.sendto(bytes(60_000), address_of(here))
        assert await protocol.received.get() == (bytes(60_000), address_of(here))
        await end(here)

    run(main())


def test_a_connected_endpoint_has_one_address(run):
    async def main():
        address = free_address()
        here, _ = await endpoint(remote_addr=address)
        with pytest.raises(ValueError, match="Invalid address: must be None or"):
            here.sendto(b"data", ("127.0.0.1", address[1] ^ 1))
        await end(here)

    run(main())


@pytest.mark.parametrize("address", [None, "text", ("127.0.0.1", "port"), ("127.0.0.1", 1 << 16)])
def test_an_address_that_is_none_ends_the_endpoint(run, reports, address):
    async def main():
        here, protocol = await endpoint(local_addr=("127.0.0.1", 0))
        here.sendto(b"data", address)
        assert isinstance(await protocol.lost, (TypeError, OverflowError, ValueError))
        assert [each["message"] for each in reports] == ["Fatal write error on datagram transport"]

    run(main())


def test_what_is_no_bytes_is_refused(run):
    async def main():
        here, _ = await endpoint(remote_addr=free_address())
        with pytest.raises(TypeError, match="must be a bytes-like object, not 'str'"):
            here.sendto("text")
        await end(here)

    run(main())


@pytest.mark.parametrize(
    "name",
    [
        "connection_made",
        "datagram_received",
        "error_received",
        "pause_writing",
        "resume_writing",
        "connection_lost",
    ],
)
def test_a_protocol_that_raises_is_reported(run, reports, name):
    async def main():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            here, protocol = await endpoint(
                lambda: Recorder(raises=name), remote_addr=other.getsockname()
            )
            other.sendto(b"data", address_of(here))
            await protocol.received.get()
        here.sendto(b"nobody is there")
        await protocol.errors.get()
        await end(here)

    async def full():
        with unread() as (sock, name_of_it, read):
            here, protocol = await endpoint(lambda: Recorder(raises=name), sock=sock)
            while "pause_writing" not in protocol.calls:
                here.sendto(bytes(1000), name_of_it)
            while "resume_writing" not in protocol.calls:
                read()
                await asyncio.sleep(0)
            here.close()
            while not protocol.lost.done():
                read()
                await asyncio.sleep(0)

    run(full() if "writing" in name else main())
    assert [str(each["exception"]) for each in reports] == [name]


# --- flow control


@contextlib.contextmanager
def unread():
    """A socket, the name of one whose reader takes its time, and what makes it read all there is."""
    receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    with receiver, sender:
        receiver.bind("")
        receiver.setblocking(False)
        sender.setblocking(False)

        def read():
            found = []
            with contextlib.suppress(BlockingIOError):
                while True:
                    found.append(receiver.recv(1 << 16))
            return found

        yield sender, receiver.getsockname(), read


def let_wait(transport, name):
    """Sends until 5,000 bytes wait; how many datagrams that took."""
    count = 0
    while transport.get_write_buffer_size() < 5000:
        transport.sendto(bytes(1000), name)
        count += 1
    return count


def test_a_reader_that_takes_its_time_stops_the_writer(run):
    async def main():
        with unread() as (sock, name, read):
            here, protocol = await endpoint(sock=sock)
            here.set_write_buffer_limits(high=2000)
            sent = []
            while "pause_writing" not in protocol.calls:
                sent.append(b"%d " % len(sent) + bytes(1000))
                here.sendto(sent[-1], name)
            assert here.get_write_buffer_size() > 2000
            got = []
            while len(got) < len(sent):
                got += read()
                await asyncio.sleep(0)
            assert got == sent
            assert here.get_write_buffer_size() == 0
            await end(here)
            assert protocol.calls[1:] == ["pause_writing", "resume_writing", "connection_lost"]

    run(main())


def test_what_waits_is_a_copy(run):
    async def main():
        with unread() as (sock, name, read):
            here, protocol = await endpoint(sock=sock)
            data = bytearray(b"first")
            while not here.get_write_buffer_size():
                here.sendto(data, name)
            data[:] = b"later"
            here.close()
            while not protocol.lost.done():
                assert set(read()) <= {b"first"}
                await asyncio.sleep(0)

    run(main())


def test_close_sends_what_waits(run):
    async def main():
        with unread() as (sock, name, read):
            here, protocol = await endpoint(sock=sock)
            count = let_wait(here, name)
            here.close()
            assert here.is_closing()
            got = []
            while not protocol.lost.done():
                got += read()
                await asyncio.sleep(0)
            got += read()
            assert len(got) == count
            assert await protocol.lost is None

    run(main())


def test_abort_forgets_what_waits(run):
    async def main():
        with unread() as (sock, name, read):
            here, protocol = await endpoint(sock=sock)
            count = let_wait(here, name)
            here.abort()
            assert await protocol.lost is None
            assert len(read()) < count

    run(main())


def test_an_endpoint_whose_reader_is_gone(run):
    """The one error is told; what else waited goes nowhere, and the endpoint lives."""

    async def main():
        with unread() as (sock, name, read):
            here, protocol = await endpoint(sock=sock)
            while not here.get_write_buffer_size():
                here.sendto(b"data", name)
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
                other.bind("")
                other.setblocking(False)
                here.sendto(b"other", other.getsockname())
                here.sendto(b"nowhere", b"\0javaloop-test-nobody")
                while not protocol.errors.qsize():
                    read()
                    await asyncio.sleep(0)
                assert isinstance(await protocol.errors.get(), ConnectionRefusedError)
                assert other.recv(10) == b"other"
            assert not here.is_closing()
            await end(here)

    run(main())


# --- ends


def test_no_descriptor_stays_open(run):
    async def once(how):
        here, protocol = await endpoint(local_addr=("127.0.0.1", 0))
        here.sendto(b"data", address_of(here))
        await protocol.received.get()
        getattr(here, how)()
        await protocol.lost
        await asyncio.sleep(0)

    async def main():
        for how in ("close", "abort"):
            await once(how)
        before = descriptors()
        for how in ("close", "abort") * 5:
            await once(how)
        assert descriptors() == before

    run(main())


def test_nothing_is_received_after_close(run):
    async def main():
        here, protocol = await endpoint(local_addr=("127.0.0.1", 0))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.sendto(b"data", address_of(here))
        here.close()
        here.close()
        assert await protocol.lost is None
        assert protocol.calls == ["connection_made", "connection_lost"]

    run(main())


def test_its_descriptor_is_the_transports(run, loop):
    async def main():
        here, _ = await endpoint(local_addr=("127.0.0.1", 0))
        number = here.get_extra_info("socket").fileno()
        assert not os.get_inheritable(number)
        with pytest.raises(RuntimeError, match="is used by transport"):
            loop.add_reader(number, print)
        assert f"fd={number}" in repr(here)
        assert repr(here).startswith("<_SelectorDatagramTransport ")
        await end(here)

    run(main())


@pytest.mark.javaloop_only
def test_waiting_makes_no_passes(run, loop):
    async def main():
        here, protocol = await endpoint(local_addr=("127.0.0.1", 0))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            address = address_of(here)
            loop.call_later(0.2, other.sendto, b"data", address)
            before = loop.stats().passes
            await protocol.received.get()
            assert loop.stats().passes - before <= 4
        await end(here)

    run(main())
