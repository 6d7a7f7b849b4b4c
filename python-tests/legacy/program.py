"""A program as Python 3.9 took it; test_legacy.py runs it. Prints the name of each check that holds."""

import asyncio
import inspect
import sys
import threading
import warnings

warnings.simplefilter("error")


if sys.version_info < (3, 11):
    warnings.simplefilter("ignore")  # 3.10 has the decorator, and warns of it

log = []


@asyncio.coroutine
def stepping(name, result=None):
    log.append(name + " begins")
    yield from asyncio.sleep(0)
    yield
    log.append(name + " ends")
    return result


@asyncio.coroutine
def plain(result):
    return result


async def native(result):
    await asyncio.sleep(0)
    return result


async def fails():
    raise ZeroDivisionError


def in_a_loop(function):
    """The check is told of a loop that is current and not running."""

    def check():
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            function(loop)
        finally:
            loop.close()
            asyncio.set_event_loop(None)

    check.__name__ = function.__name__
    return check


def raises(kind, call, *args, **keywords):
    try:
        call(*args, **keywords)
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


def generators_are_coroutines():
    log.clear()
    assert asyncio.iscoroutinefunction(stepping) and asyncio.iscoroutinefunction(plain)
    assert stepping.__name__ == "stepping" and plain.__name__ == "plain"
    coro = stepping("run", 1)
    assert asyncio.iscoroutine(coro)
    assert asyncio.run(coro) == 1
    assert log == ["run begins", "run ends"]
    assert asyncio.run(plain(2)) == 2


def generators_wait_for_everything():
    @asyncio.coroutine
    def outer():
        loop = asyncio.get_event_loop()
        future = loop.create_future()
        loop.call_soon(future.set_result, "future")
        got = [(yield from future), (yield from native("coroutine"))]
        got += [(yield from stepping("inner", "generator")), (yield from plain("plain"))]
        got.append((yield from asyncio.wait_for(stepping("timed", "task"), 60)))
        try:
            yield from fails()
        except ZeroDivisionError:
            got.append("failure")
        return got

    names = ["future", "coroutine", "generator", "plain", "task", "failure"]
    assert asyncio.run(outer()) == names


def plain_functions_are_awaited():
    @asyncio.coroutine
    def gives_a_coroutine():
        return native("native")

    @asyncio.coroutine
    def gives_a_generator():
        return stepping("given", "generator")

    @asyncio.coroutine
    def gives_a_future():
        return asyncio.ensure_future(native("future"))

    async def main():
        return [await gives_a_coroutine(), await gives_a_generator(), await gives_a_future()]

    assert asyncio.run(main()) == ["native", "generator", "future"]


def decorated_methods():
    class Counter:
        count = 0

        @asyncio.coroutine
        def up(self, by=1):
            yield from asyncio.sleep(0)
            self.count += by
            return self.count

    counter = Counter()

    async def main():
        task = asyncio.get_event_loop().create_task(counter.up())
        return await task, await counter.up(by=5)

    assert asyncio.run(main()) == (1, 6)
    assert asyncio.coroutine(native) is native


def generators_are_cancelled():
    @asyncio.coroutine
    def for_ever():
        try:
            yield from asyncio.sleep(3600)
        except asyncio.CancelledError:
            log.append("cancelled")
            raise

    async def main():
        task = asyncio.ensure_future(for_ever())
        await asyncio.sleep(0)
        task.cancel()
        done, _ = await asyncio.wait([task])
        return done == {task} and task.cancelled()

    log.clear()
    assert asyncio.run(main())
    assert log == ["cancelled"]


def coroutines_in_wait():
    async def main():
        log.clear()
        done, pending = await asyncio.wait([stepping(name) for name in "abc"])
        assert log == [f"{name} begins" for name in "abc"] + [f"{name} ends" for name in "abc"]
        assert len(done) == 3 and not pending
        assert all(type(each) is type(asyncio.current_task()) for each in done)
        one = native(1)
        done, pending = await asyncio.wait({one, one, asyncio.ensure_future(native(2))})
        assert sorted(each.result() for each in done) == [1, 2]
        done, pending = await asyncio.wait(
            (each for each in (asyncio.sleep(3600), native(3))),
            return_when=asyncio.FIRST_COMPLETED,
        )
        assert [each.result() for each in done] == [3] and len(pending) == 1
        pending.pop().cancel()
        for bad in (native(4), asyncio.ensure_future(native(5)), []):
            try:
                await asyncio.wait(bad)
            except (TypeError, ValueError) as error:
                log.append(type(error).__name__)
            if inspect.iscoroutine(bad):
                bad.close()
        assert log[-3:] == ["TypeError", "TypeError", "ValueError"]

    asyncio.run(main())


def wait_is_a_program():
    done, pending = asyncio.run(asyncio.wait([native(1), stepping("s", 2)], timeout=60))
    assert sorted(each.result() for each in done) == [1, 2] and not pending


def a_loop_outside_of_one():
    asyncio.set_event_loop_policy(None)
    loop = asyncio.get_event_loop()
    assert asyncio.get_event_loop() is loop and not loop.is_running()
    task = asyncio.ensure_future(native(1))
    future = asyncio.Future()
    assert loop.run_until_complete(asyncio.gather(task, native(2))) == [1, 2]
    assert future.get_loop() is loop is task.get_loop()
    assert loop.run_until_complete(asyncio.gather()) == []
    loop.close()
    asyncio.set_event_loop(None)
    assert raises(RuntimeError, asyncio.get_event_loop) == (
        "There is no current event loop in thread 'MainThread'."
    )
    asyncio.set_event_loop_policy(None)
    assert asyncio.run(native(1)) == 1
    raises(RuntimeError, asyncio.get_event_loop)
    asyncio.set_event_loop_policy(None)
    said = []
    thread = threading.Thread(
        target=lambda: said.append(raises(RuntimeError, asyncio.get_event_loop)), name="other"
    )
    thread.start()
    thread.join()
    assert said == ["There is no current event loop in thread 'other'."]


@in_a_loop
def the_loop_is_given_from_outside(current):
    loop = asyncio.new_event_loop()
    run = loop.run_until_complete
    one = native(1)
    assert run(asyncio.gather(one, native(2), one, loop=loop)) == [1, 2, 1]
    assert run(asyncio.gather(fails(), loop=loop, return_exceptions=True))[0].args == ()
    assert run(asyncio.gather(loop=loop)) == []
    assert run(asyncio.shield(native(3), loop=loop)) == 3
    assert run(asyncio.sleep(0, 4, loop=loop)) == 4
    assert run(asyncio.wait_for(native(5), 60, loop=loop)) == 5
    done, _ = run(asyncio.wait([native(6)], loop=loop))
    assert done.pop().result() == 6
    loop.close()


def the_loop_is_given_inside():
    async def main():
        loop = asyncio.get_event_loop()
        assert await asyncio.gather(native(1), loop=loop) == [1]
        assert await asyncio.shield(native(2), loop=loop) == 2
        assert await asyncio.sleep(0, 3, loop=loop) == 3
        assert await asyncio.wait_for(native(4), timeout=60, loop=loop) == 4
        first = [await each for each in asyncio.as_completed([native(5)], loop=loop, timeout=60)]
        assert first == [5]
        process = await asyncio.create_subprocess_exec("true", loop=loop)
        assert await process.wait() == 0
        process = await asyncio.create_subprocess_shell("exit 3", loop=loop)
        assert await process.wait() == 3

        async def echo(reader, writer):
            writer.write(await reader.readline())
            writer.close()
            await writer.wait_closed()
            closed.set()

        closed = asyncio.Event(loop=loop)
        server = await asyncio.start_server(echo, "127.0.0.1", 0, loop=loop)
        host, port = server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(host, port, loop=loop)
        writer.write(b"line\n")
        assert await reader.readline() == b"line\n"
        writer.close()
        await writer.wait_closed()
        await closed.wait()
        server.close()
        await server.wait_closed()

    asyncio.run(main())
    for function in (asyncio.sleep, asyncio.wait, asyncio.open_connection):
        assert asyncio.iscoroutinefunction(function)
    assert "missing 1 required positional argument" in raises(TypeError, asyncio.sleep)


@in_a_loop
def locks_and_queues_take_a_loop(loop):
    other = asyncio.new_event_loop()

    async def use(one):
        if isinstance(one, asyncio.Queue):
            waiting = asyncio.ensure_future(one.get())
            await asyncio.sleep(0)
            one.put_nowait(1)
            return await waiting == 1
        if isinstance(one, asyncio.Event):
            waiting = asyncio.ensure_future(one.wait())
            await asyncio.sleep(0)
            one.set()
            return await waiting
        async with one:
            waiting = asyncio.ensure_future(one.acquire())
            await asyncio.sleep(0)
        return await waiting

    class Mine(asyncio.Queue):
        def __init__(self, maxsize=0, *, loop=None):
            super().__init__(maxsize, loop=loop)

    kinds = ["Lock", "Event", "Condition", "Semaphore", "BoundedSemaphore"]
    kinds += ["Queue", "PriorityQueue", "LifoQueue"]
    for kind in [getattr(asyncio, kind) for kind in kinds] + [Mine]:
        assert loop.run_until_complete(use(kind(loop=loop))), kind
        assert loop.run_until_complete(use(kind(loop=None))), kind
        assert "loop" in raises(RuntimeError, other.run_until_complete, use(kind(loop=loop))), kind
    assert asyncio.Queue(3, loop=loop).maxsize == 3
    for task in asyncio.all_tasks(other):
        task.cancel()
    other.run_until_complete(asyncio.sleep(0))
    other.close()


@in_a_loop
def methods_of_tasks(loop):
    async def main():
        task = asyncio.Task.current_task()
        other = loop.create_task(native(1))
        assert task is asyncio.current_task() is asyncio.Task.current_task(loop)
        assert asyncio.Task.all_tasks() == {task, other} == asyncio.Task.all_tasks(loop=loop)
        await other
        assert asyncio.Task.all_tasks() == {task}
        assert isinstance(task, asyncio.Task) and issubclass(type(task), asyncio.Task)
        assert not isinstance(loop.create_future(), asyncio.Task)
        mine = Mine(native(2), loop=loop)
        assert isinstance(mine, asyncio.Task) and isinstance(mine, Mine)
        assert not isinstance(task, Mine)
        assert await mine == 2 == await asyncio.Task(native(2))

    class Mine(asyncio.Task):
        pass

    loop.run_until_complete(main())
    assert asyncio.Task.current_task() is None
    assert asyncio.Task.all_tasks() == set()


def policies_are_the_programs():
    class Policy(asyncio.DefaultEventLoopPolicy):
        made = 0

        def new_event_loop(self):
            self.made += 1
            return super().new_event_loop()

    policy = Policy()
    asyncio.set_event_loop_policy(policy)
    assert asyncio.get_event_loop_policy() is policy
    assert isinstance(policy, asyncio.AbstractEventLoopPolicy)
    assert asyncio.run(native(1)) == policy.made == 1
    asyncio.set_event_loop_policy(None)
    assert type(asyncio.get_event_loop_policy()) is asyncio.DefaultEventLoopPolicy
    raises(AttributeError, getattr, asyncio, "WindowsSelectorEventLoopPolicy")


def names_are_exported():
    names = {}
    exec("from asyncio import *", names)
    assert names["coroutine"] is asyncio.coroutine is asyncio.coroutines.coroutine
    assert names["wait"] is asyncio.wait is asyncio.tasks.wait


for check in [
    generators_are_coroutines,
    generators_wait_for_everything,
    plain_functions_are_awaited,
    decorated_methods,
    generators_are_cancelled,
    coroutines_in_wait,
    wait_is_a_program,
    a_loop_outside_of_one,
    the_loop_is_given_from_outside,
    the_loop_is_given_inside,
    locks_and_queues_take_a_loop,
    methods_of_tasks,
    policies_are_the_programs,
    names_are_exported,
]:
    check()
    print(check.__name__)
