"""What test_fastapi serves, in its own process and in another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, WebSocket
from fastapi.responses import StreamingResponse
from pydantic import BaseModel


@asynccontextmanager
async def lifespan(application: FastAPI) -> AsyncIterator[None]:
    application.state.stored = {}
    application.state.loop = type(asyncio.get_running_loop()).__module__
    yield
    print("ended in order", flush=True)


app = FastAPI(lifespan=lifespan)


class Item(BaseModel):
    name: str
    price: float
    tags: list[str] = []


async def stored() -> AsyncIterator[dict[int, Item]]:
    await asyncio.sleep(0)
    yield app.state.stored


Stored = Annotated[dict[int, Item], Depends(stored)]


@app.get("/loop")
async def loop() -> str:
    return app.state.loop


@app.put("/items/{number}")
async def put(number: int, item: Item, items: Stored, after: BackgroundTasks) -> Item:
    after.add_task(items.__setitem__, number, item)
    return item


@app.get("/items/{number}", response_model=Item)
def get(number: int, items: Stored) -> Item:
    """Not a coroutine function: runs in a thread."""
    if number not in items:
        raise HTTPException(404, "no such item")
    return items[number]


@app.get("/stream/{count}")
async def stream(count: int) -> StreamingResponse:
    async def lines() -> AsyncIterator[str]:
        for n in range(count):
            yield f"line {n}\n"
            await asyncio.sleep(0)

    return StreamingResponse(lines(), media_type="text/plain")


@app.websocket("/talk/{name}")
async def talk(socket: WebSocket, name: str) -> None:
    await socket.accept()
    async for message in socket.iter_json():
        await socket.send_json({name: message})
