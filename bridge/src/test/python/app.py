"""What the tests call."""

import asyncio
import contextvars
import time

VERSION = 1
cancelled = []
finished = []
setting = contextvars.ContextVar("setting", default="unset")


class Client:
    async def fetch(self, name):
        await asyncio.sleep(0)
        return f"fetched {name}"


client = Client()


async def echo(value):
    await asyncio.sleep(0)
    return value


async def ignore(value):
    pass


def echo_now(value):
    return value


async def describe(value):
    return f"{type(value).__name__} {value!r}"


async def pair_with_complex(value):
    return [value, 1j]


async def evaluate(expression):
    return eval(expression)


async def divide_in_a_thread(a, b):
    return await asyncio.to_thread(divmod, a, b)


async def add(a, b):
    await asyncio.sleep(0.001)
    return a + b


async def fail(message):
    await asyncio.sleep(0)
    raise ValueError(message)


async def fail_with_cause():
    try:
        await fail("inner")
    except ValueError as error:
        raise Oops("outer") from error


class Oops(Exception):
    pass


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError("no text")


async def fail_unprintable():
    raise Unprintable


async def fail_in_group():
    async with asyncio.TaskGroup() as group:
        group.create_task(fail("one"))


def fail_now(message):
    raise KeyError(message)


async def exit_now(status):
    raise SystemExit(status)


async def sleep_forever(name):
    try:
        started_events[name].set()
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        cancelled.append(name)
        raise
    finally:
        await asyncio.sleep(0)
        finished.append(name)


class _Events(dict):
    def __missing__(self, name):
        self[name] = event = asyncio.Event()
        return event


started_events = _Events()


async def wait_started(name):
    await started_events[name].wait()


finished_events = _Events()


async def fail_when_cancelled(name):
    try:
        started_events[name].set()
        await asyncio.Event().wait()
    finally:
        raise LookupError(name)


async def ignore_cancellation(name):
    try:
        started_events[name].set()
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        finished_events[name].set()
    return "went on"


async def wait_finished(name):
    await finished_events[name].wait()


async def settle():
    """Lets everything that is due run."""
    for _ in range(5):
        await asyncio.sleep(0)


def cancelled_names():
    return list(cancelled)


def finished_names():
    return list(finished)


async def await_it(future):
    return await future


async def await_and_describe(future):
    try:
        return f"value {await future!r}"
    except asyncio.CancelledError:
        return "CancelledError"
    except Exception as error:
        cause = error.__cause__
        number = getattr(error, "errno", None)
        return f"{type(error).__name__}({error}) errno={number} cause={cause!r}"


async def hand_back(future):
    """The Java exception itself."""
    try:
        await future
    except Exception as error:
        return (error.__cause__ or error).java


async def wait_for_it(future, seconds):
    try:
        await asyncio.wait_for(future, seconds)
    except asyncio.TimeoutError:
        return "timed out"


def set_setting(value):
    setting.set(value)
    return setting.get()


def get_setting():
    return setting.get()


errors = []


def collect_errors():
    def handler(loop, context):
        error = context.get("exception")
        errors.append(f"{context['message']}: {type(error).__name__}({error})")

    asyncio.get_running_loop().set_exception_handler(handler)


def take_errors():
    taken = list(errors)
    errors.clear()
    return taken


def restore_errors():
    asyncio.get_running_loop().set_exception_handler(None)


async def raise_in_callback():
    asyncio.get_running_loop().call_soon(fail_now, "in a callback")
    await settle()


async def exit_in_callback():
    def leave():
        raise SystemExit(7)

    asyncio.get_running_loop().call_soon(leave)
    await settle()
    return "went on"


async def loop_type():
    loop = asyncio.get_running_loop()
    return f"{type(loop).__module__}.{type(loop).__qualname__}"


def block(seconds):
    time.sleep(seconds)


async def block_in_sleep(marker):
    open(marker, "w").close()
    time.sleep(10_000)


async def spin(marker):
    open(marker, "w").close()
    while True:
        pass


async def refuse_to_end(name):
    started_events[name].set()
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            pass


async def await_java_in_finally(name, future):
    try:
        started_events[name].set()
        await asyncio.Event().wait()
    finally:
        finished_with = await future
        with open(finished_with, "w") as file:
            file.write("done")


async def write_when_cancelled(name, path):
    try:
        started_events[name].set()
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0.01)
        with open(path, "w") as file:
            file.write("finally")


def print_it(text):
    print(text)


def warn_it(text):
    import sys

    print(text, file=sys.stderr)
