"""Echo on 127.0.0.1: ``server.py asyncio|uvloop protocol|streams [CERTIFICATE KEY]``.

Says its port and its loop's thread in one JSON line, and ends when stdin does.
"""

import asyncio
import json
import os
import ssl
import sys


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


async def echo(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def main(kind, certificate=None, key=None):
    tls = None
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()
    where = {"host": "127.0.0.1", "port": 0, "backlog": 1024, "ssl": tls}
    if kind == "protocol":
        server = await loop.create_server(Echo, **where)
    else:
        server = await asyncio.start_server(echo, **where)
    ended = asyncio.Event()
    loop.add_reader(0, ended.set)
    port = server.sockets[0].getsockname()[1]
    # The system's number: threading.get_native_id() may be a JVM's own.
    thread = int(os.readlink("/proc/thread-self").rpartition("/")[2])
    print(json.dumps({"port": port, "thread": thread}), flush=True)
    await ended.wait()
    loop.remove_reader(0)
    server.close()


if sys.argv[1] == "uvloop":
    import uvloop as asyncio_or_uvloop
else:
    asyncio_or_uvloop = asyncio
asyncio_or_uvloop.run(main(*sys.argv[2:]))
