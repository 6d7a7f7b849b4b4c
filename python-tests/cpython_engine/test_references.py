"""What Java holds of Python's objects lives as long as it should, and no longer."""

from __future__ import annotations

import pytest
from engine_process import Engine

WAITING = {
    "a handle": "loop.call_soon(kept)",
    "more handles than the first array has": "[loop.call_soon(kept) for _ in range(1000)]",
    "a timer": "loop.call_later(3600, kept)",
    "a cancelled timer": "loop.call_later(3600, kept).cancel()",
    "more timers than the first array has": "[loop.call_later(3600, kept) for _ in range(1000)]",
    "a reader": "loop.add_reader(pair[0], kept)",
    "a handle from another thread": "loop.call_soon_threadsafe(kept)",
    "what has run": "loop.call_soon(int); loop.run_until_complete(asyncio.sleep(0)); loop.call_soon(kept)",
    "a future's callback": "f = loop.create_future(); f.add_done_callback(kept); f.set_result(1); del f",
    "handles and timers": "loop.call_soon(kept); loop.call_later(1, kept); loop.call_at(1, kept)",
    "itself": "loop.call_soon(loop.stop); loop.call_later(3600, loop.stop, kept)",
}


@pytest.mark.parametrize("waiting", WAITING)
def test_dropped_loop_is_collected(launched: Engine, waiting: str) -> None:
    launched.check(
        f"""
import asyncio, gc, os, socket, warnings, weakref
pair = socket.socketpair()
class Kept:
    def __call__(self, *_): pass
def drop():
    loop = asyncio.new_event_loop()
    kept = Kept()
    {WAITING[waiting]}
    return weakref.ref(loop), weakref.ref(kept)
def descriptors(): return len(os.listdir("/proc/self/fd"))
asyncio.new_event_loop().close()
gc.collect()
before = descriptors()
for _ in range(3):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        loop, kept = drop()
        for _ in range(3): gc.collect()
    assert loop() is None and kept() is None, (loop(), kept())
    texts = [str(each.message) for each in caught if "event loop" in str(each.message)]
    assert len(texts) == 1 and texts[0].startswith("unclosed event loop <"), texts
    assert descriptors() == before, (descriptors(), before)
for each in pair: each.close()
print("ok")
"""
    )


# Each runs `count` operations and leaves nothing.
OPERATIONS = {
    "call_soon": """
def run(count):
    for _ in range(count // 100):
        for i in range(100): loop.call_soon(nothing, i, "x")
        turn()
""",
    "call_soon cancelled": """
def run(count):
    for _ in range(count // 100):
        for handle in [loop.call_soon(nothing, i) for i in range(100)]: handle.cancel()
        turn()
""",
    "call_soon with a context": """
import contextvars
def run(count):
    context = contextvars.copy_context()
    for _ in range(count // 100):
        for i in range(100): loop.call_soon(nothing, i, context=context)
        turn()
""",
    "call_soon that raises": """
loop.set_exception_handler(nothing)
def run(count):
    for _ in range(count // 100):
        for i in range(100): loop.call_soon(int, "x")
        turn()
""",
    "call_soon_threadsafe": """
def run(count):
    for _ in range(count // 100):
        for i in range(100): loop.call_soon_threadsafe(nothing, i)
        turn()
""",
    "call_soon refused": """
def run(count):
    for _ in range(count):
        try: loop.call_soon()
        except TypeError: pass
        try: loop.call_soon(int, wrong=1)
        except TypeError: pass
""",
    "call_later": """
def run(count):
    for _ in range(count // 100):
        for i in range(100): loop.call_later(-1, nothing, i)
        turn(); turn()
""",
    "call_later cancelled": """
def run(count):
    for _ in range(count // 100):
        for timer in [loop.call_later(1e6, nothing, i) for i in range(100)]: timer.cancel()
        turn()
""",
    "call_at": """
def run(count):
    for _ in range(count // 100):
        for i in range(100): loop.call_at(float(i), nothing, i)
        turn(); turn()
""",
    "call_at of an int": """
def run(count):
    for _ in range(count // 100):
        for i in range(100): loop.call_at(i, nothing, i)
        turn(); turn()
""",
    "create_task": """
async def null(): return 1
async def many(count):
    for _ in range(count): await loop.create_task(null())
def run(count): loop.run_until_complete(many(count))
""",
    "create_task with a name": """
async def null(): return 1
async def many(count):
    for _ in range(count): await loop.create_task(null(), name="x")
def run(count): loop.run_until_complete(many(count))
""",
    "create_task cancelled": """
async def many(count):
    for _ in range(count):
        loop.create_task(asyncio.sleep(1)).cancel()
        await asyncio.sleep(0)
def run(count): loop.run_until_complete(many(count))
""",
    "futures": """
async def many(count):
    for _ in range(count):
        future = loop.create_future()
        loop.call_soon(future.set_result, 1)
        await future
def run(count): loop.run_until_complete(many(count))
""",
    "descriptors": """
import socket
left, right = socket.socketpair()
left.send(b"x")
async def many(count):
    for _ in range(count):
        come = loop.create_future()
        loop.add_reader(right, lambda: come.done() or come.set_result(1))
        loop.add_writer(right, nothing)
        await come
        loop.remove_writer(right)
        loop.remove_reader(right)
def run(count): loop.run_until_complete(many(count))
""",
    "select": """
def run(count):
    for _ in range(count): loop._selector.select(0)
""",
    "stats": """
def run(count):
    for _ in range(count): loop.stats()
""",
    "get_debug": """
def run(count):
    for _ in range(count): loop.get_debug()
""",
    "debug mode": """
loop.set_debug(True)
def run(count):
    for _ in range(count // 1000):
        for i in range(10): loop.call_soon(nothing, i); loop.call_later(-1, nothing)
        turn(); turn()
""",
    "coroutine dropped by a callback": """
import warnings
warnings.simplefilter("ignore")
async def coroutine(): pass
def run(count):
    for _ in range(count // 1000):
        for _ in range(10): loop.call_soon(coroutine)
        turn()
""",
    "loops": """
def run(count):
    for _ in range(count // 1000):
        made = asyncio.new_event_loop()
        made.call_soon(nothing)
        made.call_later(1, nothing)
        made.run_until_complete(asyncio.sleep(0))
        made.close()
""",
    "queues looked at": """
def run(count):
    for _ in range(count // 1000):
        made = asyncio.new_event_loop()
        made.call_soon(nothing)
        made.call_later(1, nothing)
        made._ready, made._scheduled
        made.close()
""",
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_operations_leave_nothing(
    request: pytest.FixtureRequest, launched: Engine, operation: str
) -> None:
    count = 1_000_000 if request.config.getoption("--slow") else 20_000
    launched.check(
        f"""
import asyncio, gc, sys
loop = asyncio.new_event_loop()
def nothing(*_): pass
def turn():
    loop.call_soon(loop.stop)
    loop.run_forever()
{OPERATIONS[operation]}
constants = None, True, False, (), 0, 1
def counts(): return [sys.getrefcount(each) for each in constants]
run(3000)
gc.collect()
before, counted = sys.getallocatedblocks(), counts()
run({count})
gc.collect()
after, now = sys.getallocatedblocks(), counts()
assert abs(after - before) < 500, after - before
assert all(abs(a - b) < 200 for a, b in zip(counted, now)), (counted, now)
print("ok")
"""
    )


# A callback that drops everything that Java might still use.
USES_AFTER = {
    "cancels its own handle": """
def callback(*_):
    box.pop().cancel()
    junk()
for _ in range(2000):
    box.append(loop.call_soon(callback, bytearray(100), [1]))
    turn()
""",
    "cancels its own handle in C": """
for _ in range(200):
    function = lambda a, b: (box and box.pop().cancel(), junk(), b)[2]
    box.append(loop.call_soon(functools.reduce, function, [object() for _ in range(50)]))
    del function
    turn()
""",
    "cancels its own timer": """
def callback(*_):
    box.pop().cancel()
    junk()
for _ in range(2000):
    box.append(loop.call_later(0, callback, bytearray(100)))
    while box: turn()
""",
    "cancels the others": """
def callback(*_):
    for each in box: each.cancel()
    box.clear()
    junk()
for _ in range(300):
    box += [loop.call_soon(callback, i) for i in range(20)]
    box += [loop.call_later(0, callback, i) for i in range(200)]
    turn(); turn()
""",
    "replaces its handle's attributes": """
def callback(*_):
    handle = box.pop()
    handle._callback, handle._args, handle._context = None, None, None
    del handle
    junk()
for _ in range(2000):
    box.append(loop.call_soon(callback, bytearray(100)))
    turn()
""",
    "arguments with finalizers that call the loop": """
class Argument:
    def __del__(self):
        loop.call_soon(junk)
        loop.call_later(0, junk)
        junk()
for _ in range(500):
    loop.call_soon(lambda _: None, Argument()).cancel()
    loop.call_later(100, lambda _: None, Argument()).cancel()
    loop.call_soon(lambda _: None, Argument())
    turn()
""",
    "many cancelled timers with finalizers that call the loop": """
class Argument:
    def __del__(self):
        loop.call_later(100, junk).cancel()
        junk()
for _ in range(20):
    for each in [loop.call_later(100, print, Argument()) for _ in range(200)]: each.cancel()
    turn()
""",
    "contexts dropped": """
variable = contextvars.ContextVar("variable")
class Value:
    def __del__(self): junk()
def callback(handle):
    variable.set(Value())
    box.pop().cancel()
    junk()
for _ in range(2000):
    context = contextvars.copy_context()
    context.run(variable.set, Value())
    box.append(loop.call_soon(callback, None, context=context))
    del context
    turn()
""",
    "a reader that removes itself": """
left, right = socket.socketpair()
left.send(b"x")
def callback(*_):
    loop.remove_reader(right)
    loop.remove_writer(right)
    junk()
for _ in range(1000):
    loop.add_reader(right, callback, bytearray(100))
    loop.add_writer(right, callback, bytearray(100))
    turn(); turn()
""",
    "a finalizer that closes the loop's twin while it ends": """
class Closes:
    def __init__(self, loop): self.loop = loop
    def __del__(self):
        asyncio.new_event_loop().close()
        self.loop.close()
        try: self.loop.call_soon(int)
        except RuntimeError: pass
for _ in range(200):
    made = asyncio.new_event_loop()
    made.call_soon(print, Closes(made))
    made.call_later(1, print, Closes(asyncio.new_event_loop()))
    made.close()
""",
    "the queue grows while it runs": """
def callback(depth):
    if depth: [loop.call_soon(callback, depth - 1) for _ in range(3)]
    junk()
for _ in range(3):
    callback(6)
    for _ in range(9): turn()
""",
    "a callback that looks at the queues": """
def callback():
    list(loop._ready)
    list(loop._scheduled)
    junk()
loop.call_soon(callback)
loop.call_later(0, callback)
for _ in range(100):
    loop.call_soon(callback)
    turn()
""",
    "the collector all the time": """
gc.set_threshold(1, 1, 1)
class Cycle:
    def __init__(self): self.me = self
    def __del__(self): loop.call_soon(int)
for _ in range(300):
    Cycle()
    for i in range(30): loop.call_soon(Cycle)
    loop.call_later(0, Cycle)
    turn()
gc.set_threshold(0)
gc.collect()
""",
    "referrers and referents": """
for i in range(100): loop.call_soon(junk), loop.call_later(0, junk)
for _ in range(3):
    for each in gc.get_objects():
        if type(each) is tuple: [type(item) for item in each]
    turn()
""",
}


@pytest.mark.parametrize("use", USES_AFTER)
def test_use_after_drop(launched: Engine, use: str) -> None:
    launched.check(
        f"""
import asyncio, contextvars, functools, gc, socket
loop = asyncio.new_event_loop()
box = []
def junk(*_):
    "Fills what was freed."
    return [bytes(40) for _ in range(30)], [dict() for _ in range(30)], [(1, n) for n in range(30)]
def turn():
    loop.call_soon(loop.stop)
    loop.run_forever()
{USES_AFTER[use]}
loop.close()
print("ok")
""",
        env={"PYTHONMALLOC": "debug"},
    )
