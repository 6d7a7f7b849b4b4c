"""TLS on the loop: handshakes and how they fail, bytes, flow control, ends."""

import asyncio
import os
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import Recorder, descriptors, reset, until

HERE = Path(__file__).parent
BIG = bytes(range(256)) * (1 << 13)  # 2 MiB, more than both ends have room for
GRAALPY = sys.implementation.name == "graalpy"
CPYTHON = HERE.parent / "target/tools/python/bin/python" if GRAALPY else sys.executable
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


class Certificates:
    """Contexts from the certificates in a folder."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, name):
        return str(self.folder / f"{name}.pem")

    def server(self, name="server", version=None, clients=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self(name))
        if clients is not None:
            context.verify_mode = clients
            context.load_verify_locations(self("ca"))
        if version is not None:
            context.minimum_version = context.maximum_version = version
        return context

    def client(self, ca="ca", certificate=None):
        context = ssl.create_default_context(cafile=self(ca))
        if certificate is not None:
            context.load_cert_chain(self(certificate))
        return context


@pytest.fixture(scope="session")
def certs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    subprocess.run([CPYTHON, "-I", HERE / "make_certificates.py", folder], check=True)
    return Certificates(folder)


def narrow(*socks):
    """As much room on every machine."""
    for sock in socks:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 17)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 17)


async def outcomes(server, client, make=Recorder, name="localhost", limit=None):
    """The protocols of both ends of a connection, or how their handshakes failed."""
    left, right = socket.socketpair()
    narrow(left, right)
    loop = asyncio.get_running_loop()
    ends = await asyncio.gather(
        loop.connect_accepted_socket(Recorder, left, ssl=server, ssl_handshake_timeout=limit),
        loop.create_connection(
            make, sock=right, ssl=client, server_hostname=name, ssl_handshake_timeout=limit
        ),
        return_exceptions=True,
    )
    return [end if isinstance(end, BaseException) else end[1] for end in ends]


async def connected(certs, make=Recorder, version=None):
    """Protocols on both ends of a connection."""
    served, made = await outcomes(certs.server(version=version), certs.client(), make)
    for end in (served, made):
        if isinstance(end, BaseException):
            raise end
    return served, made


async def ended(*protocols):
    for protocol in protocols:
        protocol.transport.close()
    return [await protocol.lost for protocol in protocols]


async def echo(reader, writer):
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()
    writer.close()


# --- connections


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_bytes_go_both_ways(run, certs, reports, version):
    async def main():
        served, made = await connected(certs, version=version)
        made.transport.write(b"question")
        served.transport.write(b"answer")
        await until(lambda: made.data == b"answer" and served.data == b"question")
        assert made.transport.get_extra_info("ssl_object").version() == version.name.replace(
            "_", "."
        )
        made.transport.close()
        assert await made.lost is None
        assert await served.lost is None
        assert served.calls == [
            "connection_made",
            "data_received",
            "eof_received",
            "connection_lost",
        ]
        assert made.calls == served.calls
        assert reports == []

    run(main())


def test_a_server_and_streams(run, certs, reports):
    async def main():
        server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=certs.server())
        host, port = server.sockets[0].getsockname()
        async with server:
            for name in (None, "localhost"):
                reader, writer = await asyncio.open_connection(
                    host, port, ssl=certs.client(), server_hostname=name
                )
                writer.writelines([b"one ", b"line\n"])
                assert await reader.readline() == b"one line\n"
                writer.close()
                await writer.wait_closed()
        assert reports == []

    run(main())


def test_a_unix_server(run, certs, tmp_path):
    async def main():
        path = str(tmp_path / "socket")
        server = await asyncio.start_unix_server(echo, path, ssl=certs.server())
        async with server:
            reader, writer = await asyncio.open_unix_connection(
                path, ssl=certs.client(), server_hostname="localhost"
            )
            writer.write(b"line\n")
            assert await reader.readline() == b"line\n"
            writer.close()
            await writer.wait_closed()

    run(main())


@pytest.mark.parametrize("name", ["elliptic", "intermediate"])
def test_other_certificates_of_the_same_authority(run, certs, name):
    async def main():
        served, made = await outcomes(certs.server(name), certs.client())
        assert await ended(made, served) == [None, None]

    run(main())


def test_a_blocking_peer(run, certs):
    """The other end is the ssl module alone."""

    async def main():
        left, right = socket.socketpair()
        loop = asyncio.get_running_loop()

        def peer():
            with certs.server().wrap_socket(left, server_side=True) as tls:
                tls.sendall(tls.recv(100).upper())
                return tls.recv(100)

        answer = asyncio.ensure_future(asyncio.to_thread(peer))
        _, made = await loop.create_connection(
            Recorder, sock=right, ssl=certs.client(), server_hostname="localhost"
        )
        made.transport.write(b"question")
        await until(lambda: made.data)
        assert made.data == b"QUESTION"
        made.transport.close()
        assert await made.lost is None
        assert await answer == b""

    run(main())


def test_contexts_take_paths(certs):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(certs("server")))
    context.load_cert_chain(Path(certs("server")), keyfile=Path(certs("server")))
    context.load_verify_locations(cafile=Path(certs("ca")))
    assert len(context.get_ca_certs()) == 1
    with pytest.raises(FileNotFoundError):
        context.load_cert_chain(Path(certs("absent")))


# --- what is known about a connection


def test_extra_info(run, certs):
    async def main():
        server, client = certs.server(), certs.client()
        served, made = await outcomes(server, client)
        info = made.transport.get_extra_info
        assert info("sslcontext") is client
        assert served.transport.get_extra_info("sslcontext") is server
        assert info("ssl_object").server_hostname == "localhost"
        assert info("cipher") == info("ssl_object").cipher()
        name, version, bits = info("cipher")
        assert name.startswith("TLS_") and version == "TLSv1.3" and bits in (128, 256)
        assert info("compression") is None
        assert info("peername") == info("socket").getpeername()
        assert info("sockname") == info("socket").getsockname()
        assert info("no such thing", "default") == "default"
        assert not served.transport.get_extra_info("peercert")
        await ended(made, served)

    run(main())


def test_the_peers_certificate(run, certs):
    async def main():
        served, made = await connected(certs)
        found = made.transport.get_extra_info("peercert")
        tls = made.transport.get_extra_info("ssl_object")
        assert found == tls.getpeercert()
        assert found["subjectAltName"] == (("DNS", "localhost"), ("IP Address", "127.0.0.1"))
        assert (("commonName", "server"),) in found["subject"]
        assert set(found) >= {"issuer", "notAfter", "notBefore", "serialNumber", "version"}
        assert ssl.DER_cert_to_PEM_cert(tls.getpeercert(True)) in Path(certs("server")).read_text()
        await ended(made, served)

    run(main())


@pytest.mark.parametrize(
    "offered, chosen", [(["http/1.1"], "http/1.1"), (["http/1.1", "h2"], "h2"), ([], None)]
)
def test_alpn(run, certs, offered, chosen):
    async def main():
        server, client = certs.server(), certs.client()
        server.set_alpn_protocols(["h2", "http/1.1"])
        if offered:
            client.set_alpn_protocols(offered)
        ends = await outcomes(server, client)
        for end in ends:
            tls = end.transport.get_extra_info("ssl_object")
            assert tls.selected_alpn_protocol() == chosen
        await ended(*ends)

    run(main())


@pytest.mark.xfail(
    GRAALPY, strict=True, raises=NotImplementedError, reason="GraalPy has no SNI callback"
)
def test_the_server_chooses_by_the_name(run, certs):
    async def main():
        names = []

        def choose(tls, name, context):
            names.append(name)
            if name == "elsewhere.example":
                tls.context = certs.server("elsewhere")

        server = certs.server()
        server.sni_callback = choose
        for name in ("localhost", "elsewhere.example"):
            await ended(*await outcomes(server, certs.client(), name=name))
        assert names == ["localhost", "elsewhere.example"]

    run(main())


# --- certificates that do not hold

SAME = pytest.mark.xfail(GRAALPY, strict=True, reason="to Java it is as if it had expired")


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
@pytest.mark.parametrize(
    "certificate, name, code",
    [
        ("strangers", "localhost", 20),
        ("expired", "localhost", 10),
        pytest.param("too-early", "localhost", 9, marks=SAME),
        ("elsewhere", "localhost", 62),
        ("elsewhere", "other.example", 62),
        ("elsewhere", "a.b.wild.example", 62),
        ("elsewhere", "127.0.0.1", 64),
        ("elliptic", "127.0.0.1", 64),
        ("elliptic", "::1", 64),
    ],
)
def test_a_certificate_that_does_not_hold(run, certs, reports, certificate, name, code, version):
    async def main():
        server = certs.server(certificate, version=version)
        served, made = await outcomes(server, certs.client(), name=name)
        assert isinstance(made, ssl.SSLCertVerificationError)
        assert made.verify_code == code
        words = {
            9: "certificate is not yet valid",
            10: "certificate has expired",
            20: "unable to get local issuer certificate",
            62: f"Hostname mismatch, certificate is not valid for '{name}'.",
            64: f"IP address mismatch, certificate is not valid for '{name}'.",
        }[code]
        assert made.verify_message == words
        failed = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
        assert str(made).startswith(f"{failed}{words} (_ssl.c")
        assert (made.errno, made.library, made.reason) == (1, "SSL", "CERTIFICATE_VERIFY_FAILED")
        if not isinstance(served, OSError):
            await served.lost

    run(main())


@pytest.mark.parametrize("name", ["elsewhere.example", "a.wild.example", "192.0.2.1"])
def test_names_that_a_certificate_has(run, certs, name):
    async def main():
        await ended(*await outcomes(certs.server("elsewhere"), certs.client(), name=name))

    run(main())


def test_a_client_that_checks_no_name(run, certs):
    async def main():
        client = certs.client()
        client.check_hostname = False
        for name in ("localhost", "127.0.0.1"):
            await ended(*await outcomes(certs.server("elsewhere"), client, name=name))

    run(main())


def test_a_client_that_verifies_nothing(run, certs):
    async def main():
        client = certs.client()
        client.check_hostname = False
        client.verify_mode = ssl.CERT_NONE
        for name in ("strangers", "expired"):
            served, made = await outcomes(certs.server(name), client)
            assert made.transport.get_extra_info("peercert") == {}
            tls = made.transport.get_extra_info("ssl_object")
            text = Path(certs(name)).read_text()
            assert ssl.DER_cert_to_PEM_cert(tls.getpeercert(True)) in text
            await ended(served, made)

    run(main())


# --- certificates of clients


@pytest.mark.parametrize("demand", [ssl.CERT_REQUIRED, ssl.CERT_OPTIONAL], ids=lambda d: d.name)
def test_a_client_with_a_certificate(run, certs, demand):
    async def main():
        server = certs.server(clients=demand)
        served, made = await outcomes(server, certs.client(certificate="client"))
        found = served.transport.get_extra_info("peercert")
        assert (("commonName", "client"),) in found["subject"]
        assert found["subjectAltName"] == (("email", "client@example.org"),)
        await ended(made, served)

    run(main())


def test_a_client_may_have_no_certificate(run, certs):
    async def main():
        server = certs.server(clients=ssl.CERT_OPTIONAL)
        served, made = await outcomes(server, certs.client())
        assert not served.transport.get_extra_info("peercert")
        await ended(made, served)

    run(main())


# Java's client holds a certificate back whose authority the server does not name.
strangers = pytest.param(
    "strangers",
    marks=pytest.mark.xfail(
        GRAALPY, strict=True, reason="GraalPy's client sends no certificate that will not do"
    ),
)


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
@pytest.mark.parametrize("certificate", [None, strangers])
def test_a_client_that_the_server_refuses(run, certs, reports, certificate, version):
    async def main():
        server = certs.server(version=version, clients=ssl.CERT_REQUIRED)
        served, made = await outcomes(server, certs.client(certificate=certificate))
        if certificate:
            assert isinstance(served, ssl.SSLCertVerificationError)
            assert served.verify_code == 20
        else:
            assert isinstance(served, ssl.SSLError)
            assert served.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE"
        if version is ssl.TLSVersion.TLSv1_3:
            await made.lost  # its own handshake has ended before
        else:
            assert isinstance(made, OSError)

    run(main())


# --- handshakes that fail


def test_versions_that_do_not_meet(run, certs, reports):
    async def main():
        client = certs.client()
        client.minimum_version = ssl.TLSVersion.TLSv1_3
        server = certs.server(version=ssl.TLSVersion.TLSv1_2)
        for end in await outcomes(server, client):
            assert isinstance(end, OSError)

    run(main())


def test_a_peer_that_never_answers(run, certs):
    async def main():
        loop = asyncio.get_running_loop()
        left, right = socket.socketpair()
        with right, pytest.raises(ConnectionAbortedError, match=r"longer than 0\.05 seconds"):
            await loop.create_connection(
                Recorder,
                sock=left,
                ssl=certs.client(),
                server_hostname="localhost",
                ssl_handshake_timeout=0.05,
            )
        left, right = socket.socketpair()
        with right, pytest.raises(ConnectionAbortedError, match=r"longer than 0\.05 seconds"):
            await loop.connect_accepted_socket(
                Recorder, left, ssl=certs.server(), ssl_handshake_timeout=0.05
            )

    run(main())


def test_a_server_gives_up_a_client_that_never_begins(run, certs, reports):
    async def main():
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            Recorder, "127.0.0.1", 0, ssl=certs.server(), ssl_handshake_timeout=0.05
        )
        async with server:
            with socket.create_connection(server.sockets[0].getsockname()) as client:
                client.setblocking(False)
                assert await loop.sock_recv(client, 1) == b""
        assert reports == []

    run(main())


async def against(certs, act, side="client"):
    """How our handshake ends whose other end does ``act`` with the socket, in a thread."""
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        left = socket.create_connection(listening.getsockname())
        right, _ = listening.accept()
    acting = asyncio.ensure_future(asyncio.to_thread(act, right))
    try:
        if side == "client":
            name = {"server_hostname": "localhost"}
            await loop.create_connection(Recorder, sock=left, ssl=certs.client(), **name)
        else:
            await loop.connect_accepted_socket(Recorder, left, ssl=certs.server())
    except OSError as error:
        return error
    finally:
        await acting
        right.close()


@pytest.mark.parametrize("side", ["client", "server"])
def test_a_peer_that_ends_in_the_handshake(run, certs, reports, side):
    def act(sock):
        if side == "client":
            assert sock.recv(5)[0] == 22  # a handshake's record
        else:
            sock.sendall(b"\x16\x03\x01\x02\x00\x01")
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(1 << 16):
            pass

    async def main():
        assert type(await against(certs, act, side)) is ConnectionResetError
        assert reports == []

    run(main())


@pytest.mark.parametrize("side", ["client", "server"])
def test_a_peer_that_resets_in_the_handshake(run, certs, reports, side):
    def act(sock):
        if side == "client":
            sock.recv(5)
        reset(sock)

    async def main():
        assert type(await against(certs, act, side)) is ConnectionResetError
        assert reports == []

    run(main())


@pytest.mark.parametrize("side", ["client", "server"])
def test_a_peer_that_speaks_plain_text(run, certs, reports, side):
    def act(sock):
        try:
            sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n" if side == "client" else b"GET / HTTP/1.1\r\n")
            while sock.recv(1 << 16):
                pass
        except ConnectionError:
            pass

    async def main():
        error = await against(certs, act, side)
        assert type(error) is ssl.SSLError
        assert error.errno == ssl.SSL_ERROR_SSL

    run(main())


def test_a_connection_that_is_given_up(run, certs, reports):
    async def main():
        left, right = socket.socketpair()
        loop = asyncio.get_running_loop()
        making = asyncio.ensure_future(
            loop.create_connection(
                Recorder, sock=left, ssl=certs.client(), server_hostname="localhost"
            )
        )
        right.setblocking(False)
        with right:
            assert await loop.sock_recv(right, 5)
            making.cancel()
            with pytest.raises(asyncio.CancelledError):
                await making
            while await loop.sock_recv(right, 1 << 16):
                pass
        assert reports == []

    run(main())


# --- without a loop


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_reads_give_what_came_of_a_record(certs, version):
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    served = certs.server(version=version).wrap_bio(up, down, server_side=True)
    made = certs.client().wrap_bio(down, up, server_hostname="localhost")
    shaking = [made, served]
    while shaking:
        end = shaking.pop(0)
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            shaking.append(end)

    def nothing(end):
        with pytest.raises(ssl.SSLWantReadError):
            end.read(1 << 20)

    nothing(served)
    data = BIG[:20000]
    assert made.write(data) == len(data)
    records = up.read()
    second = 5 + int.from_bytes(records[3:5])
    up.write(records[:3])
    nothing(served)
    up.write(records[3 : second + 9])
    assert served.read(5) == data[:5]
    there = 5 + served.pending()
    assert 16000 < there <= 16384
    assert served.read(1 << 20) == data[5:there]
    nothing(served)
    up.write(records[second + 9 :])
    buffer = bytearray(10)
    assert served.read(1 << 20, buffer) == 10
    assert buffer + served.read() + served.read(1 << 20) == data[there:]
    nothing(served)
    for text in (b"a", b"b" * 100):
        made.write(text)
    assert [served.read(1 << 20), served.read(1 << 20)] == [b"a", b"b" * 100]
    with pytest.raises(ssl.SSLWantReadError):
        made.unwrap()
    assert served.read(1 << 20) == b""
    assert served.read(1 << 20) == b""


# --- peers with OpenSSL

CLIENT = """
import socket, ssl, sys
port, ca, certificate = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
context.load_cert_chain(certificate)
with socket.create_connection(("127.0.0.1", int(port))) as sock:
    with context.wrap_socket(sock, server_hostname="localhost") as tls:
        tls.sendall(b"question")
        print(tls.version(), tls.recv(100).decode())
"""
SERVER = """
import socket, ssl, sys
certificate, version = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate)
context.maximum_version = ssl.TLSVersion[version]
with socket.create_server(("127.0.0.1", 0)) as listening:
    print(listening.getsockname()[1], flush=True)
    with context.wrap_socket(listening.accept()[0], server_side=True) as tls:
        while data := tls.recv(1 << 16):
            tls.sendall(data)
        tls.unwrap()
"""


async def cpython(program, *words):
    return await asyncio.create_subprocess_exec(
        CPYTHON, "-I", "-c", program, *map(str, words), stdout=subprocess.PIPE
    )


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_a_server_with_openssl(run, certs, reports, version):
    async def main():
        child = await cpython(SERVER, certs("server"), version.name)
        port = int(await child.stdout.readline())
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=certs.client())
        assert writer.get_extra_info("ssl_object").version() == version.name.replace("_", ".")
        for i in range(0, len(BIG), 1 << 16):
            writer.write(BIG[i : i + (1 << 16)])
            assert await reader.readexactly(1 << 16) == BIG[i : i + (1 << 16)]
        writer.close()
        await writer.wait_closed()
        assert await child.wait() == 0
        assert reports == []

    run(main())


async def client_with_openssl(certs, certificate, version):
    """How the handshake with such a client ends, and the client."""
    loop = asyncio.get_running_loop()
    context = certs.server(version=version, clients=ssl.CERT_REQUIRED)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        port = listening.getsockname()[1]
        child = await cpython(CLIENT, port, certs("ca"), certs(certificate))
        peer, _ = await loop.sock_accept(listening)
    try:
        _, served = await loop.connect_accepted_socket(Recorder, peer, ssl=context)
    except OSError as error:
        return error, child
    return served, child


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_a_client_with_openssl(run, certs, reports, version):
    async def main():
        served, child = await client_with_openssl(certs, "client", version)
        await until(lambda: served.data)
        served.transport.write(b"answer to " + served.data)
        output, _ = await child.communicate()
        assert output.decode() == version.name.replace("_", ".") + " answer to question\n"
        assert await served.lost is None
        assert reports == []

    run(main())


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_a_client_with_openssl_that_the_server_refuses(run, certs, reports, version):
    async def main():
        error, child = await client_with_openssl(certs, "strangers", version)
        assert isinstance(error, ssl.SSLCertVerificationError)
        assert error.verify_code == 20
        output, _ = await child.communicate()
        assert b"answer" not in output

    run(main())


# --- upgrades


def test_streams_are_upgraded(run, certs, reports):
    async def main():
        async def serve(reader, writer):
            assert await reader.readline() == b"STARTTLS\n"
            writer.write(b"go ahead\n")
            await writer.drain()
            await writer.start_tls(certs.server())
            await echo(reader, writer)

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"STARTTLS\n")
            assert await reader.readline() == b"go ahead\n"
            await writer.start_tls(certs.client(), server_hostname="localhost")
            assert writer.get_extra_info("ssl_object").version()
            writer.write(b"line\n")
            assert await reader.readline() == b"line\n"
            writer.close()
            await writer.wait_closed()
        assert reports == []

    run(main())


async def upgraded(certs, served, made):
    """New protocols over TLS over the transports of these."""
    loop = asyncio.get_running_loop()
    inner = Recorder(), Recorder()
    transports = await asyncio.gather(
        loop.start_tls(served.transport, inner[0], certs.server(), server_side=True),
        loop.start_tls(made.transport, inner[1], certs.client(), server_hostname="localhost"),
    )
    for protocol, transport in zip(inner, transports, strict=True):
        protocol.transport = transport
    return inner


def test_transports_are_upgraded(run, certs, reports):
    async def main():
        left, right = socket.socketpair()
        loop = asyncio.get_running_loop()
        _, served = await loop.connect_accepted_socket(Recorder, left)
        _, made = await loop.create_connection(Recorder, sock=right)
        upper, lower = await upgraded(certs, served, made)
        upper.transport.write(b"from the server")
        lower.transport.write(b"from the client")
        await until(lambda: lower.data and upper.data)
        assert (lower.data, upper.data) == (b"from the server", b"from the client")
        assert await ended(lower, upper) == [None, None]
        assert (served.data, made.data) == (b"", b"")
        assert upper.calls[0] == "data_received"  # start_tls tells of no connection
        assert reports == []

    run(main())


def test_tls_over_tls(run, certs, reports):
    async def main():
        served, made = await connected(certs)
        upper, lower = await upgraded(certs, served, made)
        outer = made.transport.get_extra_info("ssl_object")
        assert lower.transport.get_extra_info("ssl_object") is not outer
        lower.transport.write(BIG)
        upper.transport.write(BIG)
        await until(lambda: len(upper.data) == len(lower.data) == len(BIG))
        assert upper.data == lower.data == BIG
        assert await ended(lower, upper) == [None, None]
        assert reports == []

    run(main())


def test_an_upgrade_that_fails(run, certs, reports):
    async def main():
        left, right = socket.socketpair()
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(Recorder, sock=left)
        with right:
            right.send(b"no TLS at all")
            with pytest.raises(ssl.SSLError):
                await loop.start_tls(
                    made.transport, Recorder(), certs.client(), server_hostname="localhost"
                )
            assert made.transport.is_closing()

    run(main())


# --- flow control


def test_much_both_ways_at_once(run, certs, reports):
    async def main():
        async def send(writer):
            for i in range(0, len(BIG), 100_000):
                writer.write(BIG[i : i + 100_000])
                await writer.drain()

        async def serve(reader, writer):
            got, _ = await asyncio.gather(reader.readexactly(len(BIG)), send(writer))
            assert got == BIG
            assert await reader.read() == b""
            writer.close()
            served.set_result(None)

        served = asyncio.get_running_loop().create_future()
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=certs.server())
        async with server:
            reader, writer = await asyncio.open_connection(
                *server.sockets[0].getsockname(), ssl=certs.client()
            )
            got, _ = await asyncio.gather(reader.readexactly(len(BIG)), send(writer))
            assert got == BIG
            writer.close()
            await writer.wait_closed()
            await served
        assert reports == []

    run(main())


def test_a_reader_that_never_reads_stops_the_writer(run, certs, reports):
    async def main():
        served, made = await connected(certs)
        served.transport.pause_reading()
        assert not served.transport.is_reading()
        made.transport.set_write_buffer_limits(high=1000, low=100)
        assert made.transport.get_write_buffer_limits() == (100, 1000)
        while "pause_writing" not in made.calls:
            made.transport.write(BIG)
        assert made.transport.get_write_buffer_size() > 1000
        for _ in range(5):
            await asyncio.sleep(0)
        assert made.calls == ["connection_made", "pause_writing"]
        assert not served.data
        served.transport.resume_reading()
        await until(lambda: made.calls[-1] == "resume_writing")
        made.transport.write(b"end")
        made.transport.close()
        assert await made.lost is None
        assert await served.lost is None
        assert served.data[-3:] == b"end"
        assert served.data[:-3] == BIG * (len(served.data) // len(BIG))
        assert reports == []

    run(main())


def test_a_buffered_protocol(run, certs):
    class Buffered(asyncio.BufferedProtocol):
        def __init__(self):
            self.buffer = memoryview(bytearray(5000))
            self.data = bytearray()
            self.lost = asyncio.get_running_loop().create_future()

        def connection_made(self, transport):
            self.transport = transport

        def get_buffer(self, sizehint):
            return self.buffer

        def buffer_updated(self, count):
            self.data += self.buffer[:count]

        def connection_lost(self, exc):
            self.lost.set_result(exc)

    async def main():
        served, made = await connected(certs, Buffered)
        served.transport.write(BIG)
        served.transport.write(b"end")
        served.transport.close()
        assert await made.lost is None
        assert made.data == BIG + b"end"
        assert await served.lost is None

    run(main())


def test_what_can_be_written(run, certs):
    async def main():
        served, made = await connected(certs)
        made.transport.writelines([b"a", bytearray(b"b"), memoryview(b"xcx")[1:2], b""])
        made.transport.write(bytearray(b"d"))
        made.transport.write(memoryview(b"0e0")[1:2])
        with pytest.raises(TypeError, match="bytes-like"):
            made.transport.write("text")
        await until(lambda: len(served.data) == 5)
        assert served.data == b"abcde"
        await ended(made, served)

    run(main())


# --- ends


def test_there_is_no_half_close(run, certs):
    async def main():
        served, made = await connected(certs)
        assert not made.transport.can_write_eof()
        with pytest.raises(NotImplementedError):
            made.transport.write_eof()
        await ended(made, served)

    run(main())


def test_what_was_written_before_the_close_arrives(run, certs):
    async def main():
        served, made = await connected(certs)
        made.transport.write(BIG)
        made.transport.close()
        assert made.transport.is_closing()
        assert await made.lost is None
        assert await served.lost is None
        assert served.data == BIG

    run(main())


def test_abort(run, certs, reports):
    async def main():
        served, made = await connected(certs)
        served.transport.pause_reading()
        for _ in range(4):
            made.transport.write(BIG)
        made.transport.abort()
        assert await made.lost is None
        served.transport.resume_reading()
        await served.lost
        assert len(served.data) < 4 * len(BIG)
        assert reports == []

    run(main())


async def with_blocking_peer(certs, **limits):
    """A protocol, and a blocking TLS socket at the other end."""
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        left = socket.create_connection(listening.getsockname())
        right, _ = listening.accept()
    narrow(left, right)

    def peer():
        return certs.server().wrap_socket(right, server_side=True)

    name = {"server_hostname": "localhost"}
    tls, (_, made) = await asyncio.gather(
        asyncio.to_thread(peer),
        loop.create_connection(Recorder, sock=left, ssl=certs.client(), **name, **limits),
    )
    return made, tls


def test_a_reset(run, certs, reports):
    async def main():
        made, peer = await with_blocking_peer(certs)
        reset(peer)
        assert type(await made.lost) is ConnectionResetError
        assert reports == []

    run(main())


def test_a_reset_while_bytes_wait(run, certs, reports):
    async def main():
        made, peer = await with_blocking_peer(certs)
        while "pause_writing" not in made.calls:
            made.transport.write(BIG)
        reset(peer)
        assert isinstance(await made.lost, ConnectionError)
        assert reports == []

    run(main())


def test_an_end_without_a_farewell(run, certs, reports):
    """What an attacker can forge: the end of the stream, but no close_notify."""

    async def main():
        made, peer = await with_blocking_peer(certs)
        peer.sendall(b"data")
        with socket.socket(fileno=peer.detach()) as raw:
            raw.shutdown(socket.SHUT_WR)
            await made.lost
        assert made.data == b"data"
        assert reports == []

    run(main())


def test_a_peer_that_never_says_farewell(run, certs, reports):
    async def main():
        made, peer = await with_blocking_peer(certs, ssl_shutdown_timeout=0.05)
        with peer:
            made.transport.close()
            error = await made.lost
        assert isinstance(error, TimeoutError)
        assert "SSL shutdown timed out" in str(error)
        assert reports == []

    run(main())


def test_writing_to_a_transport_that_is_closed(run, certs, reports):
    async def main():
        ends = await connected(certs)
        await ended(*ends)
        ends[0].transport.write(b"nobody reads it")
        ends[0].transport.close()
        ends[0].transport.abort()
        assert [end.calls.count("connection_lost") for end in ends] == [1, 1]
        assert reports == []

    run(main())


# --- protocols that raise


@pytest.mark.parametrize(
    "name, message",
    [
        ("data_received", "Fatal error on SSL protocol"),
        ("eof_received", "Error calling eof_received()"),
    ],
)
def test_a_protocol_that_raises_loses_the_connection(run, certs, reports, name, message):
    async def main():
        served, made = await connected(certs, lambda: Recorder(raises=name))
        served.transport.write(b"data")
        await until(lambda: made.data)
        served.transport.close()
        error = await made.lost
        assert isinstance(error, ZeroDivisionError) and str(error) == name
        await served.lost
        assert [(each["message"], each["exception"]) for each in reports] == [(message, error)]

    run(main())


@pytest.mark.parametrize("name", ["pause_writing", "resume_writing"])
def test_a_protocol_that_raises_in_flow_control(run, certs, reports, name):
    async def main():
        served, made = await connected(certs, lambda: Recorder(raises=name))
        served.transport.pause_reading()
        while "pause_writing" not in made.calls:
            made.transport.write(BIG)
        served.transport.resume_reading()
        await until(lambda: made.calls[-1] == "resume_writing")
        made.transport.close()
        assert await made.lost is None
        assert await served.lost is None
        assert [str(each["exception"]) for each in reports] == [name]

    run(main())


def test_a_protocol_that_raises_as_it_is_connected(run, certs, reports):
    async def main():
        served, made = await outcomes(
            certs.server(), certs.client(), lambda: Recorder(raises="connection_made")
        )
        assert isinstance(made, ZeroDivisionError)
        if isinstance(served, Recorder):
            await served.lost
        assert [str(each["exception"]) for each in reports] == ["connection_made"]

    run(main())


def test_a_protocol_that_raises_at_the_end(run, certs, reports):
    async def main():
        served, made = await connected(certs, lambda: Recorder(raises="connection_lost"))
        served.transport.close()
        await made.lost
        await served.lost
        assert [str(each["exception"]) for each in reports] == ["connection_lost"]

    run(main())


# --- descriptors


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs /proc")
def test_no_descriptor_stays_open(run, certs, reports):
    async def once(end):
        if end == "untrusted":
            for outcome in await outcomes(certs.server("strangers"), certs.client()):
                assert isinstance(outcome, OSError)
            return
        if end == "peer":
            made, peer = await with_blocking_peer(certs)
            peer.close()
            await made.lost
            return
        served, made = await connected(certs)
        if end == "inner":
            served, made = await upgraded(certs, served, made)
        if end == "abort":
            made.transport.write(BIG)
            made.transport.abort()
        else:
            made.transport.close()
        await made.lost
        await served.lost

    async def main():
        ends = ["close", "abort", "untrusted", "peer", "inner"]
        for end in ends:
            await once(end)
        before = descriptors()
        for end in ends * 2:
            await once(end)
        assert descriptors() == before

    run(main())
