import asyncio
import json
import re
import signal
from asyncio.subprocess import PIPE
from pathlib import Path

import httpx
import shop
from helpers import IN_JVM, PYTHON
from websockets.asyncio.client import connect


async def use(address: str) -> str:
    """Uses every route; returns the module of the server's loop."""
    async with httpx.AsyncClient(
        base_url=f"http://{address}", trust_env=False, timeout=60
    ) as client:

        async def store(n):
            item = {"name": f"ü {n}", "price": n / 4, "tags": ["a", "b"]}
            answer = await client.put(f"/items/{n}", json=item)
            assert (answer.status_code, answer.json()) == (200, item)
            answer = await client.get(f"/items/{n}")
            assert (answer.status_code, answer.json()) == (200, item)

        # The first alone: a cold server is asked by one, and then by many.
        await store(0)
        await asyncio.gather(*(store(n) for n in range(1, 10)))
        assert (await client.get("/items/99")).json() == {"detail": "no such item"}
        answer = await client.put("/items/1", json={"name": "x", "price": "much"})
        assert answer.status_code == 422
        assert answer.json()["detail"][0]["loc"] == ["body", "price"]
        async with client.stream("GET", "/stream/50") as answer:
            assert [line async for line in answer.aiter_lines()] == [f"line {n}" for n in range(50)]
        async with connect(f"ws://{address}/talk/me") as socket:
            for n in range(5):
                await socket.send(json.dumps([n]))
                assert json.loads(await socket.recv()) == {"me": [n]}
        return (await client.get("/loop")).json()


async def test_served_by_the_running_loop(serve):
    async with serve(shop.app) as address:
        assert await use(address) == type(asyncio.get_running_loop()).__module__


async def test_served_by_a_process():
    loop = "javaloop:new_event_loop" if IN_JVM else "asyncio"
    words = ["-m", "uvicorn", "--loop", loop, "--port", "0", "shop:app"]
    here = Path(__file__).parent
    server = await asyncio.create_subprocess_exec(
        *PYTHON, *words, "--app-dir", here, stdout=PIPE, stderr=PIPE
    )
    try:
        said = b""
        while not (found := re.search(rb"running on http://([\d.:]+)", said)):
            line = await server.stderr.readline()
            assert line, said.decode()
            said += line
        module = await use(found[1].decode())
        assert module == type(asyncio.get_running_loop()).__module__
        server.send_signal(signal.SIGINT)
        out, err = await server.communicate()
        assert b"ended in order" in out, err.decode()
        assert b"Traceback" not in err, err.decode()
    finally:
        if server.returncode is None:
            server.kill()
            await server.communicate()
