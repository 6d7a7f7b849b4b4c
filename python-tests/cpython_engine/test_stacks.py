"""Recursion ends in RecursionError, where a plain python has one, and not in the JVM's end."""

from __future__ import annotations

import pytest
from engine_process import Engine

RECURSIONS = {
    "passes within passes": """
def recur():
    loop.call_soon(recur)
    loop._run_once()
""",
    "create_task by a factory": """
async def null(): pass
class Own(asyncio.SelectorEventLoop): pass
def recur():
    def factory(loop, coro, **named):
        coro.close()
        return loop.create_task(null())
    loop.set_task_factory(factory)
    try: loop.create_task(null())
    finally: loop.set_task_factory(None)
""",
    "call_soon overridden": """
import javaloop
class Own(javaloop.Loop):
    def call_soon(self, callback, *args, context=None):
        recur()
own = Own()
async def null(): pass
def recur():
    coro = null()
    try: own.create_task(coro)
    finally: coro.close()
""",
    "repr without Java": """
class Shown:
    def __repr__(self): return repr([Shown()])
def recur(): repr(Shown())
""",
    "repr that makes tasks": """
class Shown:
    def __repr__(self):
        coro = null()
        try: loop.create_task(coro).cancel()
        finally: coro.close()
        return repr([Shown()])
async def null(): pass
def recur(): repr(Shown())
""",
    "a plain function": """
def recur(): recur()
""",
    "a plain function in a callback": """
def deep(): deep()
def recur():
    got = []
    def callback():
        try: deep()
        except RecursionError as error: got.append(error)
        loop.stop()
    loop.call_soon(callback)
    loop.run_forever()
    raise got[0]
""",
    "time overridden": """
def recur():
    def now():
        loop.call_later(1, int)
        return now()
    loop.time = now
    try: loop.call_later(1, int)
    finally: del loop.time
""",
    "a handler of errors that fails": """
def recur():
    def deep(): deep()
    loop.call_soon(deep)
    loop.call_soon(loop.stop)
    loop.run_forever()
""",
    "coroutines": """
async def deep(): await deep()
def recur(): loop.run_until_complete(deep())
""",
}


@pytest.mark.parametrize("recursion", RECURSIONS)
@pytest.mark.parametrize("where", ["main thread", "thread"])
def test_recursion(launched: Engine, recursion: str, where: str) -> None:
    ended = launched.run(
        f"""
import asyncio, threading, warnings
warnings.simplefilter("ignore")
reported = []
{RECURSIONS[recursion]}
count = 0
def work():
    global count, loop
    for _ in range(3):
        loop = asyncio.new_event_loop()
        # Not by set_exception_handler: before that is called, each traceback is looked through.
        loop.call_exception_handler = lambda context: reported.append(context["exception"])
        reported.clear()
        try: recur()
        except RecursionError: count += 1
        else: count += any(isinstance(each, RecursionError) for each in reported)
{"work()" if where == "main thread" else "t = threading.Thread(target=work); t.start(); t.join()"}
assert count == 3, count
loop = asyncio.new_event_loop()
loop.run_until_complete(asyncio.sleep(0.01))
print("ok")
""",
    )
    assert (ended.status, ended.out) == (0, "ok\n"), ended


@pytest.mark.parametrize("size", [32, 48, 64, 128, 256, 512])
@pytest.mark.parametrize("when", ["before", "after"])
def test_small_stacks(plain: Engine, size: int, when: str) -> None:
    first, last = ("", "import javaloop; javaloop.install()")
    if when == "after":
        first, last = last, first
    plain.check(
        f"""
import asyncio, threading
{first}
threading.stack_size({size} * 1024)
{last}
got = []
async def main():
    for _ in range(200): await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    await asyncio.get_running_loop().run_in_executor(None, got.append, 1)
for _ in range(3):
    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    thread.join()
assert got == [1] * 3
# Without a size it is set to 0 too.
assert threading.stack_size() == {size} * 1024
assert threading.stack_size(65536) == 0
assert threading.stack_size(0) == 65536
try: threading.stack_size(1)
except ValueError: print("ok")
"""
    )


def test_many_threads(launched: Engine) -> None:
    launched.check(
        """
import asyncio, threading
loop = asyncio.new_event_loop()
for _ in range(20):
    threads = [threading.Thread(target=loop.call_soon_threadsafe, args=(int,)) for _ in range(50)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
loop.call_soon(loop.stop)
loop.run_forever()
print("ok")
"""
    )


def test_first_loops_of_many_threads_at_once(engine: Engine, repeats: int) -> None:
    for _ in range(repeats):
        engine.check(
            """
import asyncio, sys, threading
sys.setswitchinterval(1e-6)
barrier = threading.Barrier(8)
def run():
    barrier.wait()
    asyncio.run(asyncio.sleep(0))
threads = [threading.Thread(target=run) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("ok")
"""
        )
