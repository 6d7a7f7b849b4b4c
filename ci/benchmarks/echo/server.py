"""Echo: ``server.py asyncio|uvloop|rloop protocol|streams|udp [CERTIFICATE KEY]``, ``... unix PATH``.

Says its address, a port on 127.0.0.1 or the path, and its loop's thread in one JSON line, and ends when stdin does.
"""

import asyncio
import importlib
import json
import os
import socket
import ssl
import sys


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


class EchoDatagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.transport.sendto(data, addr)


async def echo(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def listen(kind, files):
    """Gives what is to be closed, and the address."""
    loop = asyncio.get_running_loop()
    if kind == "unix":
        return await loop.create_unix_server(Echo, *files, backlog=1024), files[0]
    if kind == "udp":
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        # As much as the system allows, so that a hundred senders at once lose nothing.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        sock.bind(("127.0.0.1", 0))
        sock.setblocking(False)
        port = sock.getsockname()[1]
        transport, _ = await loop.create_datagram_endpoint(EchoDatagrams, sock=sock)
        return transport, port
    tls = None
    if files:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*files)
    where = {"host": "127.0.0.1", "port": 0, "backlog": 1024, "ssl": tls}
    if kind == "protocol":
        server = await loop.create_server(Echo, **where)
    else:
        server = await asyncio.start_server(echo, **where)
    return server, server.sockets[0].getsockname()[1]


async def main(kind, *files):
    listening, address = await listen(kind, files)
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_reader(0, ended.set)
    # The system's number: threading.get_native_id() may be a JVM's own.
    thread = int(os.readlink("/proc/thread-self").rpartition("/")[2])
    print(json.dumps({"address": address, "thread": thread}), flush=True)
    await ended.wait()
    loop.remove_reader(0)
    listening.close()


loops = importlib.import_module(sys.argv[1])
with asyncio.Runner(loop_factory=loops.new_event_loop) as runner:
    runner.run(main(*sys.argv[2:]))
