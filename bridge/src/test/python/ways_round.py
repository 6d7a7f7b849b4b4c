"""The ways round the engine's bugs, on the runtime's loop."""

import asyncio
import os
import signal


async def task_name():
    async def named():
        pass

    task = asyncio.create_task(named())
    text = repr(task)
    await task
    return text


async def generators_are_closed():
    """What the finalizer would do is done when the loop shuts down its generators."""
    closed = []

    async def generate():
        try:
            yield 1
        finally:
            closed.append(True)

    generator = generate()
    await anext(generator)
    await asyncio.get_running_loop().shutdown_asyncgens()
    return bool(closed)


async def lock_stays_locked():
    """A waiter that is cancelled leaves the lock to who has it."""
    lock = asyncio.Lock()
    await lock.acquire()

    async def wait():
        async with lock:
            pass

    waiter = asyncio.create_task(wait())
    await asyncio.sleep(0)
    waiter.cancel()
    await asyncio.wait([waiter])
    return lock.locked()


async def signal_is_handled():
    loop = asyncio.get_running_loop()
    handled = loop.create_future()
    loop.add_signal_handler(signal.SIGWINCH, handled.set_result, "handled")
    try:
        os.kill(os.getpid(), signal.SIGWINCH)
        return await handled
    finally:
        loop.remove_signal_handler(signal.SIGWINCH)
