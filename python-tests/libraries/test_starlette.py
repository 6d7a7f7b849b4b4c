import asyncio

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, JSONResponse, StreamingResponse
from starlette.routing import Route


async def test_served_to_httpx(serve, tmp_path):
    done = asyncio.Event()
    (tmp_path / "file").write_bytes(b"0123456789" * 20_000)

    async def echo(request):
        body = await request.body()
        return JSONResponse({"length": len(body)}, background=BackgroundTask(done.set))

    async def shout(request):
        chunks = [chunk.upper() async for chunk in request.stream()]

        async def again():
            for chunk in chunks:
                yield chunk

        return StreamingResponse(again())

    async def file(request):
        return FileResponse(tmp_path / "file")

    async def fail(request):
        raise LookupError

    routes = [
        Route("/echo", echo, methods=["POST"]),
        Route("/shout", shout, methods=["POST"]),
        Route("/file", file),
        Route("/fail", fail),
    ]
    handlers = {LookupError: lambda request, error: JSONResponse({}, status_code=418)}

    async def chunks():
        for _ in range(20):
            yield b"abc" * 1000

    async with (
        serve(Starlette(routes=routes, exception_handlers=handlers)) as address,
        httpx.AsyncClient(base_url=f"http://{address}", trust_env=False, timeout=60) as client,
    ):
        answers = await asyncio.gather(
            *(client.post("/echo", content=b"x" * n) for n in range(0, 100_000, 10_000))
        )
        assert [each.json()["length"] for each in answers] == list(range(0, 100_000, 10_000))
        await done.wait()
        assert (await client.post("/shout", content=chunks())).content == b"ABC" * 20_000
        assert (await client.get("/file")).content == b"0123456789" * 20_000
        part = await client.get("/file", headers={"Range": "bytes=5-14"})
        assert (part.status_code, part.content) == (206, b"5678901234")
        assert (await client.get("/fail")).status_code == 418


async def test_httpx_without_a_server():
    async def hello(request):
        return JSONResponse({"method": request.method})

    application = Starlette(routes=[Route("/", hello)])
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        assert (await client.get("/")).json() == {"method": "GET"}


async def test_task_groups():
    seen = []

    async def work(n, *, task_status=anyio.TASK_STATUS_IGNORED):
        task_status.started(n)
        try:
            await anyio.sleep_forever()
        finally:
            seen.append(n)

    async with anyio.create_task_group() as group:
        for n in range(5):
            assert await group.start(work, n) == n
        group.cancel_scope.cancel()
    assert sorted(seen) == [0, 1, 2, 3, 4]

    with pytest.RaisesGroup(KeyError):
        async with anyio.create_task_group() as group:
            group.start_soon(anyio.sleep_forever)
            raise KeyError("failed")

    with anyio.move_on_after(0.01) as scope:
        await anyio.sleep_forever()
    assert scope.cancelled_caught
    with pytest.raises(TimeoutError):
        with anyio.fail_after(0.01):
            await anyio.sleep_forever()


async def test_threads_and_memory_streams():
    send, receive = anyio.create_memory_object_stream[int](2)

    def produce():
        for n in range(10):
            anyio.from_thread.run(send.send, n)
        anyio.from_thread.run_sync(send.close)

    async with anyio.create_task_group() as group:
        group.start_soon(anyio.to_thread.run_sync, produce)
        async with receive:
            assert [n async for n in receive] == list(range(10))


async def test_sockets_and_processes():
    async def shout(stream):
        async with stream:
            async for data in stream:
                await stream.send(data.upper())

    async def ask(port):
        async with await anyio.connect_tcp("127.0.0.1", port) as stream:
            for n in range(10):
                await stream.send(b"hello %d" % n)
                assert await stream.receive() == b"HELLO %d" % n

    async with (
        await anyio.create_tcp_listener(local_host="127.0.0.1") as listener,
        anyio.create_task_group() as group,
    ):
        group.start_soon(listener.serve, shout)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        async with anyio.create_task_group() as asking:
            for _ in range(5):
                asking.start_soon(ask, port)
        group.cancel_scope.cancel()
    assert (await anyio.run_process(["cat"], input=b"through a pipe")).stdout == b"through a pipe"


def test_anyio_runs_a_program(is_tested):
    async def main(word):
        is_tested(asyncio.get_running_loop())
        await anyio.sleep(0.001)
        return word

    assert anyio.run(main, "result") == "result"
