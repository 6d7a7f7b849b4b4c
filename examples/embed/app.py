"""What the Java program calls."""

import asyncio


async def greet(name: str) -> str:
    await asyncio.sleep(0.01)
    return f"hello, {name}"


async def wait_forever(started) -> None:
    await started
    try:
        await asyncio.Event().wait()
    finally:
        print("python: cancelled, cleaned up", flush=True)


async def fail() -> None:
    raise LookupError("nothing here")


async def double(number) -> int:
    return 2 * await number
