import asyncio
import functools
import threading

import requests
from aiohttp import web


async def test_in_executors(is_tested):
    loop = asyncio.get_running_loop()
    answered_by = set()

    async def answer(request):
        is_tested(asyncio.get_running_loop())
        answered_by.add(threading.get_ident())
        return web.json_response({"sent": await request.text()})

    application = web.Application()
    application.router.add_post("/{n}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = "http://127.0.0.1:%d/" % runner.addresses[0][1]

    def ask(n):
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(address + str(n), data=f"body {n}".encode(), timeout=60)
            assert answer.status_code == 200
            return answer.json()["sent"]

    results = await asyncio.gather(
        *(loop.run_in_executor(None, functools.partial(ask, n)) for n in range(10)),
        *(asyncio.to_thread(ask, n) for n in range(10, 20)),
    )
    assert results == [f"body {n}" for n in range(20)]
    assert answered_by == {threading.get_ident()}
    await runner.cleanup()
