import asyncio
import threading

import httpx
from flask import Flask, request
from werkzeug.serving import make_server


async def test_async_views(is_tested):
    application = Flask(__name__)
    loops = set()

    @application.before_request
    async def before():
        await asyncio.sleep(0)
        request.started = True

    @application.post("/double/<int:n>")
    async def double(n):
        is_tested(asyncio.get_running_loop())
        loops.add(asyncio.get_running_loop())
        assert request.started
        doubled = await asyncio.gather(*(asyncio.sleep(0.001, each * 2) for each in request.json))
        return {"n": n, "doubled": doubled}

    @application.errorhandler(LookupError)
    async def missing(error):
        await asyncio.sleep(0)
        return {"missing": str(error)}, 404

    @application.get("/fail")
    async def fail():
        await asyncio.sleep(0)
        raise LookupError("it")

    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=60) as client:
        answers = await asyncio.gather(
            *(client.post(f"/double/{n}", json=[n, 1]) for n in range(10))
        )
        assert [each.json() for each in answers] == [
            {"n": n, "doubled": [2 * n, 2]} for n in range(10)
        ]
        answer = await client.get("/fail")
        assert (answer.status_code, answer.json()) == (404, {"missing": "it"})
    assert len(loops) == 10  # each view has its own
    await asyncio.to_thread(server.shutdown)
    await asyncio.to_thread(thread.join)
    server.server_close()
