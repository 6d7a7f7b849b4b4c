import asyncio

from tornado import (
    gen,
    httpclient,
    httpserver,
    ioloop,
    iostream,
    netutil,
    tcpserver,
    web,
    websocket,
)


def serving(routes) -> tuple[httpserver.HTTPServer, int]:
    sockets = netutil.bind_sockets(0, "127.0.0.1")
    server = httpserver.HTTPServer(web.Application(routes))
    server.add_sockets(sockets)
    return server, sockets[0].getsockname()[1]


async def test_http(is_tested):
    is_tested(ioloop.IOLoop.current().asyncio_loop)

    class Double(web.RequestHandler):
        async def post(self, word):
            await asyncio.sleep(0)
            self.set_header("X-Word", word)
            self.write({"n": 2 * int(self.get_body_argument("n"))})

    class Old(web.RequestHandler):
        @gen.coroutine
        def get(self):
            for part in ("a", "b", "c"):
                self.write(part)
                yield self.flush()

    server, port = serving([(r"/double/(\w+)", Double), (r"/old", Old)])
    client = httpclient.AsyncHTTPClient(force_instance=True)
    address = f"http://127.0.0.1:{port}"
    answers = await asyncio.gather(
        *(client.fetch(f"{address}/double/w{n}", method="POST", body=f"n={n}") for n in range(20))
    )
    assert [each.body for each in answers] == [b'{"n": %d}' % (2 * n) for n in range(20)]
    assert [each.headers["X-Word"] for each in answers] == [f"w{n}" for n in range(20)]
    assert (await client.fetch(f"{address}/old")).body == b"abc"
    assert (await client.fetch(f"{address}/nothing", raise_error=False)).code == 404
    client.close()
    server.stop()
    await server.close_all_connections()


async def test_web_sockets():
    class Echo(websocket.WebSocketHandler):
        def on_message(self, message):
            self.write_message(message, binary=isinstance(message, bytes))

    server, port = serving([(r"/", Echo)])

    async def client(n):
        connection = await websocket.websocket_connect(f"ws://127.0.0.1:{port}/")
        for message in (f"text {n}", bytes([n]) * 10_000):
            await connection.write_message(message, binary=isinstance(message, bytes))
            assert await connection.read_message() == message
        connection.close()
        assert await connection.read_message() is None

    await asyncio.gather(*(client(n) for n in range(5)))
    server.stop()
    await server.close_all_connections()


async def test_streams():
    class Lines(tcpserver.TCPServer):
        async def handle_stream(self, stream, address):
            try:
                while True:
                    await stream.write((await stream.read_until(b"\n")).upper())
            except iostream.StreamClosedError:
                closed.set()

    closed = asyncio.Event()
    server = Lines()
    sockets = netutil.bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    import tornado.tcpclient

    stream = await tornado.tcpclient.TCPClient().connect("127.0.0.1", sockets[0].getsockname()[1])
    for n in range(20):
        await stream.write(b"line %d\n" % n)
        assert await stream.read_until(b"\n") == b"LINE %d\n" % n
    stream.close()
    await closed.wait()
    server.stop()


def test_a_loop_of_its_own(is_tested):
    """As in programs that run tornado's loop, and not asyncio's."""
    loop = ioloop.IOLoop(make_current=False)
    is_tested(loop.asyncio_loop)
    ticks = []

    def tick():
        ticks.append(loop.time())
        if len(ticks) == 3:
            loop.stop()

    async def start():
        await gen.sleep(0.001)
        periodic = ioloop.PeriodicCallback(tick, 1)
        periodic.start()
        return periodic

    assert loop.run_sync(start).is_running()
    loop.start()
    assert ticks == sorted(ticks)
    assert len(ticks) == 3
    loop.close()
