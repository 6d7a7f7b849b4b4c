"""Servers and those who connect to them, over TCP and Unix sockets."""

import asyncio
import errno
import os
import socket
import stat
import threading

import pytest
from helpers import Recorder, descriptors


class Echo(Recorder):
    made = None  # a list, where a test wants to know them

    def connection_made(self, transport):
        super().connection_made(transport)
        if self.made is not None:
            self.made.append(self)

    def data_received(self, data):
        self.transport.write(data)


async def echoed(connected):
    """Whether what one says comes back; closes the connection."""
    transport, protocol = connected
    transport.write(b"data")
    while protocol.data != b"data":
        await asyncio.sleep(0)
    transport.close()
    await protocol.lost


def abstract(name):
    return f"\0javaloop-test-{os.getpid()}-{name}"


# --- Unix


def test_a_unix_server(run, loop, tmp_path):
    path = tmp_path / "socket"

    async def main():
        server = await loop.create_unix_server(Echo, path)
        assert stat.S_ISSOCK(path.stat().st_mode)
        assert server.sockets[0].getsockname() == str(path)
        connected = await loop.create_unix_connection(Recorder, str(path))
        assert connected[0].get_extra_info("peername") == str(path)
        await echoed(connected)
        server.close()
        await server.wait_closed()

    run(main())


def test_an_abstract_name(run, loop):
    async def main():
        name = abstract("server")
        async with await loop.create_unix_server(Echo, name) as server:
            assert server.sockets[0].getsockname() == name.encode()
            await echoed(await loop.create_unix_connection(Recorder, name))

    run(main())


@pytest.mark.parametrize("path", [str, os.fsencode, lambda path: path])
def test_a_socket_that_nobody_has_any_more_is_removed(run, loop, tmp_path, path):
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(tmp_path / "socket"))

    async def main():
        async with await loop.create_unix_server(Echo, path(tmp_path / "socket")):
            await echoed(await loop.create_unix_connection(Recorder, path(tmp_path / "socket")))

    run(main())


def test_a_path_that_is_no_socket_stays(run, loop, tmp_path):
    (tmp_path / "file").write_text("mine")

    async def main():
        before = descriptors()
        with pytest.raises(OSError, match="is already in use") as caught:
            await loop.create_unix_server(Echo, tmp_path / "file")
        assert caught.value.errno == errno.EADDRINUSE
        assert (tmp_path / "file").read_text() == "mine"
        assert descriptors() == before

    run(main())


def test_paths_that_cannot_be(run, loop, tmp_path):
    async def main():
        before = descriptors()
        with pytest.raises(FileNotFoundError):
            await loop.create_unix_server(Echo, tmp_path / "absent" / "socket")
        with pytest.raises(OSError, match="too long"):
            await loop.create_unix_server(Echo, tmp_path / ("x" * 120))
        with pytest.raises(FileNotFoundError):
            await loop.create_unix_connection(Recorder, str(tmp_path / "absent"))
        (tmp_path / "file").touch()
        with pytest.raises(ConnectionRefusedError):
            await loop.create_unix_connection(Recorder, str(tmp_path / "file"))
        assert descriptors() == before

    run(main())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may do all")
def test_a_folder_that_is_not_ours(run, loop, tmp_path):
    tmp_path.chmod(0o500)

    async def main():
        with pytest.raises(PermissionError):
            await loop.create_unix_server(Echo, tmp_path / "socket")

    run(main())
    tmp_path.chmod(0o700)


def test_no_server_where_nothing_can_be_made(run, loop):
    async def main():
        with pytest.raises(OSError) as caught:
            await loop.create_unix_server(Echo, "/proc/javaloop-test")
        assert caught.value.errno in (errno.EACCES, errno.EPERM, errno.ENOENT)

    run(main())


def test_unix_sockets_of_ones_own(run, loop):
    async def main():
        name = abstract("own")
        listening, client = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        listening.bind(name)
        async with await loop.create_unix_server(Echo, sock=listening) as server:
            assert server.sockets[0].fileno() == listening.fileno()
            client.connect(name)
            await echoed(await loop.create_unix_connection(Recorder, sock=client))
        assert listening.fileno() == client.fileno() == -1

    run(main())


def test_what_unix_refuses(run, loop, pair):
    tcp = socket.socket()

    async def main():
        for make in (loop.create_unix_server, loop.create_unix_connection):
            with pytest.raises(ValueError, match="can not be specified at the same time"):
                await make(Echo, "path", sock=tcp)
            with pytest.raises(ValueError, match="UNIX Domain Stream Socket was expected"):
                await make(Echo, sock=tcp)
            with pytest.raises(
                ValueError, match=r"no path and sock were specified|path was not specified"
            ):
                await make(Echo)

    with tcp:
        run(main())


@pytest.mark.skipif(
    not hasattr(asyncio.Server, "close_clients"), reason="cleanup_socket came with Python 3.13"
)
@pytest.mark.parametrize("cleanup", [True, False])
def test_the_path_goes_with_its_server(run, loop, tmp_path, cleanup):
    async def main():
        async with await loop.create_unix_server(Echo, tmp_path / "socket", cleanup_socket=cleanup):
            pass
        assert (tmp_path / "socket").exists() is not cleanup

    run(main())


# --- connecting


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def resolve_to(loop, monkeypatch, *hosts):
    """Lets "name" have those addresses."""
    known = loop._ensure_resolved

    async def resolved(address, **options):
        if address[0] != "name":
            return await known(address, **options)
        families = {True: socket.AF_INET6, False: socket.AF_INET}
        return [
            (families[":" in each], socket.SOCK_STREAM, 6, "", (each, address[1])) for each in hosts
        ]

    monkeypatch.setattr(loop, "_ensure_resolved", resolved)


@pytest.mark.parametrize("delay", [None, 0, 0.25, 3600])
def test_the_first_address_that_answers(run, loop, monkeypatch, delay):
    async def main():
        async with await loop.create_server(Echo, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            resolve_to(loop, monkeypatch, "::1", "127.0.0.1")
            connected = await loop.create_connection(
                Recorder, "name", port, happy_eyeballs_delay=delay
            )
            assert connected[0].get_extra_info("peername") == ("127.0.0.1", port)
            await echoed(connected)

    run(main())


@pytest.mark.parametrize("delay", [None, 0.01])
def test_no_address_answers(run, loop, monkeypatch, delay):
    async def main():
        before = descriptors()
        resolve_to(loop, monkeypatch, "127.0.0.1", "127.0.0.2")
        port = free_port()
        with pytest.raises(OSError, match=r"Multiple exceptions: .*127\.0\.0\.1.*127\.0\.0\.2"):
            await loop.create_connection(Recorder, "name", port, happy_eyeballs_delay=delay)
        resolve_to(loop, monkeypatch, "127.0.0.1")
        with pytest.raises(ConnectionRefusedError):
            await loop.create_connection(Recorder, "name", port, happy_eyeballs_delay=delay)
        assert descriptors() == before

    run(main())


@pytest.mark.parametrize("delay", [None, 0.01])
def test_all_errors_together(run, loop, monkeypatch, delay):
    async def main():
        resolve_to(loop, monkeypatch, "127.0.0.1", "127.0.0.2")
        with pytest.RaisesGroup(ConnectionRefusedError, ConnectionRefusedError):
            await loop.create_connection(
                Recorder, "name", free_port(), all_errors=True, happy_eyeballs_delay=delay
            )

    run(main())


def test_a_connection_that_was_given_up_leaves_nothing_open(run, loop, monkeypatch):
    async def main():
        listening = socket.create_server(("127.0.0.1", 0), backlog=0)
        others = [socket.socket() for _ in range(4)]
        for each in others:  # now there is no room, and no answer
            each.setblocking(False)
            each.connect_ex(listening.getsockname())
        before = descriptors()
        task = asyncio.ensure_future(
            loop.create_connection(Recorder, *listening.getsockname(), happy_eyeballs_delay=0.01)
        )
        while descriptors() == before:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        await asyncio.sleep(0)
        assert descriptors() == before
        for each in (listening, *others):
            each.close()

    run(main())


def test_local_addr(run, loop):
    async def main():
        async with await loop.create_server(Echo, "127.0.0.1", 0) as server:
            address = server.sockets[0].getsockname()
            port = free_port()
            connected = await loop.create_connection(
                Recorder, *address, local_addr=("127.0.0.3", port)
            )
            assert connected[0].get_extra_info("sockname") == ("127.0.0.3", port)
            await echoed(connected)
            with pytest.raises(OSError, match=r"192\.0\.2\.1") as caught:
                await loop.create_connection(Recorder, *address, local_addr=("192.0.2.1", 0))
            assert caught.value.errno == errno.EADDRNOTAVAIL

    run(main())


def test_a_connected_socket_of_ones_own(run, loop, pair):
    left, right = pair

    async def main():
        transport, protocol = await loop.create_connection(Recorder, sock=left)
        assert transport.get_extra_info("socket").fileno() == left.fileno()
        right.send(b"data")
        while not protocol.data:
            await asyncio.sleep(0)
        transport.close()
        await protocol.lost

    run(main())


def test_an_accepted_socket_of_ones_own(run, loop):
    async def main():
        with socket.create_server(("127.0.0.1", 0)) as listening:
            client = socket.create_connection(listening.getsockname())
            transport, protocol = await loop.connect_accepted_socket(Echo, listening.accept()[0])
            client.setblocking(False)
            await echoed(await loop.create_connection(Recorder, sock=client))
            await protocol.lost
            assert transport.get_extra_info("sockname") == listening.getsockname()

    run(main())


def test_what_create_connection_refuses(run, loop, datagram_pair):
    async def main():
        with pytest.raises(ValueError, match="host and port was not specified and no sock"):
            await loop.create_connection(Recorder)
        with pytest.raises(ValueError, match="can not be specified at the same time"):
            await loop.create_connection(Recorder, "localhost", 1, sock=datagram_pair[0])
        with pytest.raises(ValueError, match="A Stream Socket was expected"):
            await loop.create_connection(Recorder, sock=datagram_pair[0])

    run(main())


# --- servers


@pytest.mark.parametrize("hosts", [["127.0.0.1", "::1"], ["127.0.0.1", "127.0.0.2"], "", None])
def test_several_hosts(run, loop, hosts):
    async def main():
        async with await loop.create_server(Echo, hosts, 0) as server:
            assert len(server.sockets) == (2 if hosts or len(server.sockets) > 1 else 1)
            for each in server.sockets:
                host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(*each.getsockname()[:1] * 2)
                await echoed(await loop.create_connection(Recorder, host, each.getsockname()[1]))

    run(main())


def test_a_host_that_is_taken_takes_the_others_with_it(run, loop):
    async def main():
        with socket.create_server(("127.0.0.2", 0)) as other:
            port = other.getsockname()[1]
            before = descriptors()
            with pytest.raises(OSError, match=r"127\.0\.0\.2") as caught:
                await loop.create_server(Echo, ["127.0.0.1", "127.0.0.2"], port)
            assert caught.value.errno == errno.EADDRINUSE
            assert descriptors() == before

    run(main())


def test_reuse_port(run, loop):
    async def main():
        async with await loop.create_server(Echo, "127.0.0.1", 0, reuse_port=True) as first:
            address = first.sockets[0].getsockname()
            async with await loop.create_server(Echo, *address, reuse_port=True) as second:
                assert second.sockets[0].getsockname() == address
            with pytest.raises(OSError):
                await loop.create_server(Echo, *address)

    run(main())


def test_backlog(run, loop):
    async def main():
        async with await loop.create_server(Echo, "127.0.0.1", 0, backlog=1) as server:
            address = server.sockets[0].getsockname()
            for connected in await asyncio.gather(
                *[loop.create_connection(Recorder, *address) for _ in range(20)]
            ):
                await echoed(connected)

    run(main())


def test_a_server_that_does_not_serve_yet(run, loop):
    async def main():
        server = await loop.create_server(Echo, "127.0.0.1", 0, start_serving=False)
        assert not server.is_serving()
        address = server.sockets[0].getsockname()
        with pytest.raises(ConnectionRefusedError):
            await loop.create_connection(Recorder, *address)
        await server.start_serving()
        await server.start_serving()
        assert server.is_serving()
        await echoed(await loop.create_connection(Recorder, *address))
        server.close()
        assert not server.is_serving()
        await server.wait_closed()

    run(main())


def test_closing_a_server(run, loop):
    async def main():
        Echo.made = []
        server = await loop.create_server(Echo, "127.0.0.1", 0)
        assert server.get_loop() is loop
        address = server.sockets[0].getsockname()
        transport, protocol = await loop.create_connection(Recorder, *address)
        while not Echo.made:
            await asyncio.sleep(0)
        server.close()
        server.close()
        assert server.sockets == ()
        with pytest.raises(ConnectionRefusedError):
            await loop.create_connection(Recorder, *address)
        # Who is connected stays so.
        await echoed((transport, protocol))
        await Echo.made[0].lost
        await server.wait_closed()

    try:
        run(main())
    finally:
        Echo.made = None


def test_serve_forever_until_cancelled(run, loop):
    async def main():
        server = await loop.create_server(Echo, "127.0.0.1", 0, start_serving=False)
        serving = asyncio.ensure_future(server.serve_forever())
        await asyncio.sleep(0)
        await echoed(await loop.create_connection(Recorder, *server.sockets[0].getsockname()))
        with pytest.raises(RuntimeError, match="is already being awaited on serve_forever"):
            await server.serve_forever()
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
        assert not server.is_serving()
        assert server.sockets == ()

    run(main())


@pytest.mark.skipif(
    not hasattr(asyncio.Server, "close_clients"), reason="close_clients came with Python 3.13"
)
@pytest.mark.parametrize("how", ["close_clients", "abort_clients"])
def test_ending_a_servers_connections(run, loop, how):
    async def main():
        server = await loop.create_server(Echo, "127.0.0.1", 0)
        _, protocol = await loop.create_connection(Recorder, *server.sockets[0].getsockname())
        await asyncio.sleep(0)
        server.close()
        getattr(server, how)()
        await protocol.lost
        await server.wait_closed()

    run(main())


def test_what_create_server_refuses(run, loop, datagram_pair):
    async def main():
        with pytest.raises(ValueError, match="Neither host/port nor sock were specified"):
            await loop.create_server(Echo)
        with pytest.raises(ValueError, match="can not be specified at the same time"):
            await loop.create_server(Echo, "localhost", 1, sock=datagram_pair[0])
        with pytest.raises(ValueError, match="A Stream Socket was expected"):
            await loop.create_server(Echo, sock=datagram_pair[0])
        with pytest.raises(TypeError, match="ssl argument must be an SSLContext or None"):
            await loop.create_server(Echo, "localhost", 0, ssl=True)

    run(main())


# --- names


def test_names_are_looked_up_in_other_threads(run, loop, monkeypatch):
    threads = []

    def noted(function):
        def call(*args):
            threads.append(threading.current_thread())
            return function(*args)

        return call

    for name in ("getaddrinfo", "getnameinfo"):
        monkeypatch.setattr(socket, name, noted(getattr(socket, name)))

    async def main():
        found = await loop.getaddrinfo("localhost", 80, type=socket.SOCK_STREAM)
        assert ("127.0.0.1", 80) in [each[4] for each in found]
        flags = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
        assert await loop.getnameinfo(("127.0.0.1", 80), flags) == ("127.0.0.1", "80")
        with pytest.raises(socket.gaierror):
            await loop.getaddrinfo("localhost", 80, flags=socket.AI_NUMERICHOST)

    run(main())
    assert len(threads) == 3
    assert threading.main_thread() not in threads
