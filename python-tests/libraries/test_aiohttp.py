import asyncio
import json

import aiohttp
import pytest
from aiohttp import web


async def started(application: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, "http://127.0.0.1:%d" % runner.addresses[0][1]


async def test_requests_at_once():
    async def double(request):
        body = await request.json()
        return web.json_response(
            {"n": 2 * body["n"], "word": request.match_info["word"], "q": request.query["q"]},
            headers={"X-Seen": request.headers["X-Sent"]},
        )

    application = web.Application()
    application.router.add_post("/double/{word}", double)
    runner, address = await started(application)

    async def ask(session, n):
        url = f"{address}/double/w{n}?q=ü%20{n}"
        async with session.post(url, json={"n": n}, headers={"X-Sent": str(n)}) as answer:
            assert answer.status == 200
            assert answer.headers["X-Seen"] == str(n)
            assert await answer.json() == {"n": 2 * n, "word": f"w{n}", "q": f"ü {n}"}

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(ask(session, n) for n in range(30)))
        async with session.get(address + "/nothing") as answer:
            assert answer.status == 404
    await runner.cleanup()


async def test_streams_in_both_directions():
    async def shout(request):
        answer = web.StreamResponse()
        await answer.prepare(request)
        async for chunk in request.content.iter_chunked(65536):
            await answer.write(chunk.upper())
        await answer.write_eof()
        return answer

    application = web.Application()
    application.router.add_put("/", shout)
    runner, address = await started(application)

    async def chunks():
        for _ in range(16):
            yield b"abcdefgh" * 4096

    async with aiohttp.ClientSession() as session:
        async with session.put(address, data=chunks()) as answer:
            assert await answer.read() == b"ABCDEFGH" * 4096 * 16
    await runner.cleanup()


async def test_forms_cookies_and_middlewares(tmp_path):
    @web.middleware
    async def counted(request, handler):
        answer = await handler(request)
        answer.set_cookie("count", str(int(request.cookies.get("count", 0)) + 1))
        return answer

    async def upload(request):
        form = await request.post()
        return web.Response(text=form["name"] + ":" + form["file"].file.read().decode())

    application = web.Application(middlewares=[counted])
    application.router.add_post("/", upload)
    runner, address = await started(application)
    (tmp_path / "file").write_text("in the file")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        for count in range(1, 4):
            with (tmp_path / "file").open("rb") as file:
                async with session.post(address, data={"name": "me", "file": file}) as answer:
                    assert await answer.text() == "me:in the file"
                    assert answer.cookies["count"].value == str(count)
    await runner.cleanup()


async def test_a_slow_answer_times_out_and_its_handler_is_cancelled():
    entered, cancelled = asyncio.Event(), asyncio.Event()

    async def hang(request):
        entered.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        raise AssertionError

    application = web.Application()
    application.router.add_get("/", hang)
    runner = web.AppRunner(application, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = "http://127.0.0.1:%d" % runner.addresses[0][1]
    async with aiohttp.ClientSession() as session:
        asked = asyncio.create_task(session.get(address))
        await entered.wait()
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        await cancelled.wait()
        with pytest.raises(asyncio.TimeoutError):
            await session.get(address, timeout=aiohttp.ClientTimeout(total=0.5))
    await runner.cleanup()


async def test_web_sockets():
    closed = []

    async def talk(request):
        socket = web.WebSocketResponse(max_msg_size=2**22)
        await socket.prepare(request)
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                await socket.send_json({"heard": json.loads(message.data)})
            else:
                await socket.send_bytes(message.data[::-1])
        closed.append(socket.close_code)
        return socket

    application = web.Application()
    application.router.add_get("/", talk)
    runner, address = await started(application)
    large = bytes(range(256)) * 1024

    async def client(session, n):
        async with session.ws_connect(address, max_msg_size=2**22) as socket:
            for i in range(10):
                await socket.send_json([n, i])
                assert await socket.receive_json() == {"heard": [n, i]}
            await socket.send_bytes(large)
            assert await socket.receive_bytes() == large[::-1]
            await socket.ping()
            await socket.close(code=4000 + n)

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(client(session, n) for n in range(5)))
    await runner.cleanup()
    assert sorted(closed) == [4000, 4001, 4002, 4003, 4004]
