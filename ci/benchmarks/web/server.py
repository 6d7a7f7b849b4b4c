"""A greeting by HTTP on 127.0.0.1: ``server.py asyncio|uvloop|rloop uvicorn-h11|uvicorn-httptools|aiohttp``.

Says its port and its loop's thread in one JSON line, and ends when stdin does.
"""

import asyncio
import importlib
import json
import os
import socket
import sys

GREETING = b"Hello, World!"


async def application(scope, receive, send):
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(GREETING))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": GREETING})


async def serve_by_uvicorn(listening, parser, ended):
    import uvicorn

    config = uvicorn.Config(
        application, http=parser, lifespan="off", log_level="warning", access_log=False
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    await ended.wait()
    server.should_exit = True
    await serving


async def serve_by_aiohttp(listening, ended):
    from aiohttp import web

    async def greet(request):
        return web.Response(body=GREETING, content_type="text/plain")

    served = web.Application()
    served.router.add_get("/", greet)
    runner = web.AppRunner(served, access_log=None)
    await runner.setup()
    await web.SockSite(runner, listening, shutdown_timeout=1).start()
    await ended.wait()
    await runner.cleanup()


async def main(kind):
    # asyncio switches Nagle's algorithm off only where the protocol is named, as it is when a server is given a host.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(1024)  # a client that comes before the server listens waits
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(0, ended.set)
    thread = int(os.readlink("/proc/thread-self").rpartition("/")[2])
    address = listening.getsockname()[1]
    print(json.dumps({"address": address, "thread": thread}), flush=True)
    name, _, parser = kind.partition("-")
    if name == "uvicorn":
        await serve_by_uvicorn(listening, parser, ended)
    else:
        await serve_by_aiohttp(listening, ended)
    loop.remove_reader(0)


loops = importlib.import_module(sys.argv[1])
with asyncio.Runner(loop_factory=loops.new_event_loop) as runner:
    runner.run(main(*sys.argv[2:]))
