"""aiohttp's own C, Sanic, Celery, Dask and asyncpg."""

import asyncio
import threading

import numpy
import pytest


async def test_aiohttp_with_its_c_parser():
    from aiohttp import ClientSession, _http_parser, http_parser, web

    assert http_parser.HttpRequestParser is _http_parser.HttpRequestParser

    async def double(request):
        numbers = numpy.frombuffer(await request.read(), dtype="<i8")
        return web.Response(body=(numbers * 2).tobytes())

    app = web.Application()
    app.router.add_post("/double", double)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    sent = numpy.arange(10_000, dtype="<i8")

    async def ask(session):
        async with session.post(f"http://127.0.0.1:{port}/double", data=sent.tobytes()) as answer:
            return numpy.frombuffer(await answer.read(), dtype="<i8")

    async with ClientSession() as session:
        answers = await asyncio.gather(*(ask(session) for _ in range(20)))
    await runner.cleanup()
    assert all((answer == sent * 2).all() for answer in answers)


async def test_sanic():
    import aiohttp
    from sanic import Sanic, text

    app = Sanic("tested", configure_logging=False)

    @app.get("/<name:str>")
    async def hello(request, name):
        await asyncio.sleep(0)
        return text(f"hello {name}")

    server = await app.create_server(
        host="127.0.0.1", port=0, return_asyncio_server=True, asyncio_server_kwargs={}
    )
    await server.startup()
    port = server.server.sockets[0].getsockname()[1]
    async with aiohttp.ClientSession() as session:

        async def ask(n):
            async with session.get(f"http://127.0.0.1:{port}/{n}") as answer:
                return await answer.text()

        answers = await asyncio.gather(*(ask(n) for n in range(20)))
    assert answers == [f"hello {n}" for n in range(20)]
    await server.before_stop()
    await server.close()
    await server.after_stop()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Celery's calls of redis-py
async def test_celery_with_redis(redis_port):
    from celery import Celery
    from celery.contrib.testing.worker import start_worker

    address = f"redis://127.0.0.1:{redis_port}/"
    app = Celery("tested", broker=address + "1", backend=address + "2")

    @app.task
    def double(n):
        return 2 * n

    def work():
        with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=60):
            results = [double.delay(n) for n in range(10)]
            return [result.get(timeout=60, disable_sync_subtasks=False) for result in results]

    assert await asyncio.to_thread(work) == [2 * n for n in range(10)]


async def test_dask(is_tested):
    from distributed import Client, LocalCluster

    def triple(n):
        return 3 * n

    async with (
        LocalCluster(
            n_workers=1, processes=False, dashboard_address=None, asynchronous=True
        ) as cluster,
        Client(cluster, asynchronous=True) as client,
    ):
        is_tested(client.loop.asyncio_loop)
        is_tested(cluster.scheduler.loop.asyncio_loop)
        futures = client.map(triple, range(20))
        assert await client.gather(futures) == [3 * n for n in range(20)]
        assert threading.current_thread() is threading.main_thread()


async def test_asyncpg_refuses_where_nobody_listens():
    import asyncpg

    try:
        await asyncpg.connect(host="127.0.0.1", port=1, user="nobody", timeout=60)
    except OSError:
        return
    raise AssertionError("somebody listens at port 1")
