"""Rates of the loop's basic operations, one JSON line each: ``loop_rates.py SECONDS [uvloop]``.

Every measure is repeated for its share of the time, so that a JIT gets warm; the rate told is the
median of the last third of the rounds.
"""

import asyncio
import json
import statistics
import sys
import threading
from time import perf_counter

OPERATIONS = 20_000


async def call_soon():
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    left = OPERATIONS

    def callback():
        nonlocal left
        left -= 1
        if left:
            loop.call_soon(callback)
        else:
            done.set_result(None)

    loop.call_soon(callback)
    await done


async def sleep_0():
    async def sleeper():
        for _ in range(OPERATIONS // 10):
            await asyncio.sleep(0)

    await asyncio.gather(*(sleeper() for _ in range(10)))


async def create_task_await():
    async def nothing():
        return 1

    for _ in range(OPERATIONS):
        await asyncio.create_task(nothing())


async def call_later():
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    left = OPERATIONS

    def callback():
        nonlocal left
        left -= 1
        if not left:
            done.set_result(None)

    for i in range(OPERATIONS):
        loop.call_later((i % 100) * 1e-6, callback)
    await done


async def call_soon_threadsafe():
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    left = OPERATIONS

    def callback():
        nonlocal left
        left -= 1
        if not left:
            done.set_result(None)

    def post():
        for _ in range(OPERATIONS):
            loop.call_soon_threadsafe(callback)

    thread = threading.Thread(target=post)
    thread.start()
    await done
    thread.join()


MEASURES = [call_soon, sleep_0, create_task_await, call_later, call_soon_threadsafe]


def main() -> None:
    seconds = float(sys.argv[1]) / len(MEASURES)
    if sys.argv[2:] == ["uvloop"]:
        import uvloop

        run = uvloop.run
    else:
        run = asyncio.run
    for measure in MEASURES:
        rates = []
        ends = perf_counter() + seconds
        while perf_counter() < ends or len(rates) < 3:
            began = perf_counter()
            run(measure())
            rates.append(OPERATIONS / (perf_counter() - began))
        last = rates[-max(1, len(rates) // 3) :]
        print(
            json.dumps(
                {
                    "measure": measure.__name__,
                    "rate": statistics.median(last),
                    "first": rates[0],
                    "rounds": len(rates),
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
