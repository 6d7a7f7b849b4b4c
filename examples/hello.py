"""Two tasks that overlap, a timer, and a thread that posts: the same on CPython and on javaloop."""

import asyncio
import threading


async def count(name: str, turn: asyncio.Event, other: asyncio.Event) -> str:
    for number in range(3):
        await turn.wait()
        turn.clear()
        print(name, number)
        other.set()
    return name


async def main() -> None:
    loop = asyncio.get_running_loop()

    tick, tock = asyncio.Event(), asyncio.Event()
    tick.set()
    print("ended:", await asyncio.gather(count("tick", tick, tock), count("tock", tock, tick)))

    timer = loop.create_future()
    loop.call_later(0.05, timer.set_result, "rang")
    print("the timer", await timer)

    posted = loop.create_future()
    thread = threading.Thread(
        target=loop.call_soon_threadsafe, args=(posted.set_result, "a thread posted")
    )
    thread.start()
    print(await posted)
    thread.join()


asyncio.run(main())
