"""Tasks: what asyncio.Task promises, for tasks that the loop makes and for asyncio.Task itself."""

import asyncio
import contextlib
import gc
import weakref

import pytest
from conftest import LOOP_CLASS


def makers():
    return {
        "loop.create_task": lambda loop, coro: loop.create_task(coro),
        "asyncio.create_task": lambda loop, coro: asyncio.create_task(coro),
        "asyncio.Task": lambda loop, coro: asyncio.Task(coro, loop=loop),
        "subclass": lambda loop, coro: type("Mine", (asyncio.Task,), {})(coro, loop=loop),
        "eager": lambda loop, coro: asyncio.Task(coro, loop=loop, eager_start=True),
        "ensure_future": lambda loop, coro: asyncio.ensure_future(coro),
    }


@pytest.mark.parametrize("how", makers())
def test_a_task_returns_what_its_coroutine_returns(loop, how):
    make = makers()[how]

    async def work():
        await asyncio.sleep(0)
        return "result"

    async def main():
        task = make(loop, work())
        assert isinstance(task, asyncio.Task)
        assert not task.done()
        assert await task == "result"
        assert task.done()
        assert task.result() == "result"
        assert task.exception() is None

    loop.run_until_complete(asyncio.wait_for(main(), 30))


@pytest.mark.parametrize("how", makers())
def test_current_task_and_all_tasks(loop, how):
    make = makers()[how]

    async def work():
        await asyncio.sleep(0)
        return asyncio.current_task()

    async def main():
        task = make(loop, work())
        assert asyncio.current_task() is not task
        assert asyncio.all_tasks() == {task, asyncio.current_task()}
        assert await task is task
        assert asyncio.all_tasks() == {asyncio.current_task()}

    loop.run_until_complete(asyncio.wait_for(main(), 30))
    assert asyncio.all_tasks(loop) == set()
    assert asyncio.current_task(loop) is None


@pytest.mark.parametrize("how", makers())
def test_cancel(loop, how):
    make = makers()[how]
    seen = []

    async def work():
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError as error:
            seen.append(error.args)
            raise

    async def main():
        task = make(loop, work())
        await asyncio.sleep(0)
        assert task.cancel("why")
        with pytest.raises(asyncio.CancelledError, match="why"):
            await task
        assert task.cancelled()
        assert not task.cancel()

    loop.run_until_complete(asyncio.wait_for(main(), 30))
    assert seen == [("why",)]


@pytest.mark.parametrize("how", makers())
def test_a_task_of_each_kind_after_another(loop, how):
    make = makers()[how]

    async def nothing():
        await asyncio.sleep(0)

    async def main():
        for _ in range(3):
            await asyncio.create_task(nothing())
            await make(loop, nothing())
        await asyncio.gather(asyncio.create_task(nothing()), make(loop, nothing()))

    loop.run_until_complete(asyncio.wait_for(main(), 30))


def test_current_task_is_none_in_a_callback(loop, one_pass):
    seen = []
    loop.run_until_complete(asyncio.sleep(0))
    loop.call_soon(lambda: seen.append(asyncio.current_task()))
    one_pass()
    assert seen == [None]


def test_current_task_is_none_in_a_callback_between_steps(loop):
    seen = []

    async def main():
        loop.call_soon(lambda: seen.append(asyncio.current_task()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    loop.run_until_complete(main())
    assert seen == [None]


def test_names_count_up(loop):
    async def main():
        tasks = [asyncio.create_task(asyncio.sleep(0)) for _ in range(3)]
        numbers = [int(task.get_name().removeprefix("Task-")) for task in tasks]
        assert numbers == list(range(numbers[0], numbers[0] + 3))
        await asyncio.gather(*tasks)

    loop.run_until_complete(main())


def test_names_are_given_in_the_order_of_creation(loop):
    async def main():
        first, second = (asyncio.create_task(asyncio.sleep(0)) for _ in range(2))
        late = int(second.get_name().removeprefix("Task-"))
        early = int(first.get_name().removeprefix("Task-"))
        assert late == early + 1
        await asyncio.gather(first, second)

    loop.run_until_complete(main())


@pytest.mark.parametrize("name", ["given", 7, ("a", 1)])
def test_names_are_text(loop, name):
    async def main():
        task = loop.create_task(asyncio.sleep(0), name=name)
        assert task.get_name() == str(name)
        task.set_name(8)
        assert task.get_name() == "8"
        await task

    loop.run_until_complete(main())


def test_repr_of_a_task(loop):
    async def work():
        await asyncio.sleep(0)

    async def main():
        task = loop.create_task(work(), name="the name")
        assert repr(task).startswith("<Task pending name='the name' coro=<")
        await asyncio.sleep(0)
        task.cancel()
        assert repr(task).startswith("<Task cancelling name='the name' coro=<")
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert repr(task).startswith("<Task cancelled name='the name' coro=<")
        done = loop.create_task(asyncio.sleep(0, 5), name="n")
        await done
        assert repr(done).startswith("<Task finished name='n' coro=<")
        assert repr(done).endswith("result=5>")

    loop.run_until_complete(main())


def test_repr_of_a_task_that_waits(loop):
    async def work(future):
        await future

    async def main():
        future = loop.create_future()
        task = loop.create_task(work(future))
        await asyncio.sleep(0)
        assert "wait_for=<Future pending" in repr(task)
        future.set_result(1)
        await task

    loop.run_until_complete(main())


def test_cancel_counts(loop):
    async def main():
        task = asyncio.create_task(asyncio.sleep(3600))
        await asyncio.sleep(0)
        assert task.cancelling() == 0
        assert task.uncancel() == 0
        task.cancel()
        task.cancel()
        assert task.cancelling() == 2
        assert task.uncancel() == 1
        assert task.uncancel() == 0
        assert task.uncancel() == 0
        with pytest.raises(asyncio.CancelledError):
            await task

    loop.run_until_complete(main())


def test_a_task_that_is_cancelled_before_its_first_step_does_not_run(loop):
    async def main():
        task = asyncio.create_task(never())
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def never():
        pytest.fail("ran")

    loop.run_until_complete(main())


def test_a_task_that_swallows_its_cancellation_goes_on(loop):
    async def work():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)
        return "went on"

    async def main():
        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        task.cancel()
        assert await task == "went on"
        assert task.cancelling() == 1

    loop.run_until_complete(main())


def test_a_task_cancels_itself(loop):
    async def work():
        asyncio.current_task().cancel()
        await asyncio.sleep(0)
        pytest.fail("went on")

    async def main():
        with pytest.raises(asyncio.CancelledError):
            await asyncio.create_task(work())

    loop.run_until_complete(main())


def test_a_task_cancels_itself_and_returns(loop):
    async def work():
        asyncio.current_task().cancel()
        return "lost"

    async def main():
        task = asyncio.create_task(work())
        with pytest.raises(asyncio.CancelledError):
            await task
        assert task.cancelled()

    loop.run_until_complete(main())


def test_cancel_reaches_the_innermost_awaitable(loop):
    async def main():
        future = loop.create_future()

        async def inner():
            await future

        async def outer():
            await asyncio.create_task(inner())

        task = asyncio.create_task(outer())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert future.cancelled()

    loop.run_until_complete(main())


def test_an_exception_is_the_tasks_result(loop):
    async def work():
        raise KeyError("gone")

    async def main():
        task = asyncio.create_task(work())
        with pytest.raises(KeyError, match="gone"):
            await task
        assert isinstance(task.exception(), KeyError)

    loop.run_until_complete(main())


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt])
def test_ends_of_the_program_leave_the_loop(loop, kind):
    async def work():
        raise kind(3)

    async def main():
        await asyncio.create_task(work())

    with pytest.raises(kind):
        loop.run_until_complete(main())
    for task in asyncio.all_tasks(loop):
        task.cancel()
    with contextlib.suppress(kind, asyncio.CancelledError):
        loop.run_until_complete(asyncio.sleep(0))


@pytest.mark.parametrize("not_a_coroutine", [print, 1, "x", None])
def test_only_coroutines_make_tasks(loop, not_a_coroutine):
    with pytest.raises(TypeError, match="a coroutine was expected"):
        loop.create_task(not_a_coroutine)


def test_a_generator_based_await(loop):
    class Twice:
        def __await__(self):
            yield
            yield
            return "twice"

    async def main():
        return await Twice()

    assert loop.run_until_complete(main()) == "twice"


@pytest.mark.parametrize("value", [1, "text", object()])
def test_a_bad_yield_is_thrown_into_the_coroutine(loop, value):
    class Bad:
        def __await__(self):
            yield value

    async def main():
        with pytest.raises(RuntimeError, match="Task got bad yield"):
            await Bad()

    loop.run_until_complete(main())


def test_awaiting_itself(loop):
    async def main():
        task = asyncio.current_task()
        with pytest.raises(RuntimeError, match="Task cannot await on itself"):
            await task

    loop.run_until_complete(main())


def test_a_future_of_another_loop(loop):
    other = asyncio.new_event_loop()
    try:

        async def main():
            with pytest.raises(RuntimeError, match="attached to a different loop"):
                await other.create_future()

        loop.run_until_complete(main())
    finally:
        other.close()


def test_set_result_of_a_task_is_refused(loop):
    async def main():
        task = asyncio.create_task(asyncio.sleep(0))
        with pytest.raises(RuntimeError):
            task.set_result(1)
        with pytest.raises(RuntimeError):
            task.set_exception(ValueError())
        await task

    loop.run_until_complete(main())


def test_result_before_the_end(loop):
    async def main():
        task = asyncio.create_task(asyncio.sleep(0))
        with pytest.raises(asyncio.InvalidStateError):
            task.result()
        with pytest.raises(asyncio.InvalidStateError):
            task.exception()
        await task

    loop.run_until_complete(main())


def test_get_coro_loop_and_stack(loop):
    async def main():
        coro = asyncio.sleep(3600)
        task = asyncio.create_task(coro)
        assert task.get_coro() is coro
        assert task.get_loop() is loop
        await asyncio.sleep(0)
        assert isinstance(task.get_stack(), list)
        task.cancel()
        await asyncio.wait([task])
        assert task.get_stack() == []

    loop.run_until_complete(main())


def test_done_callbacks(loop):
    seen = []

    async def main():
        task = asyncio.create_task(asyncio.sleep(0))
        task.add_done_callback(seen.append)
        task.add_done_callback(pytest.fail)
        assert task.remove_done_callback(pytest.fail) == 1
        await task
        await asyncio.sleep(0)
        assert seen == [task]

    loop.run_until_complete(main())


def test_a_task_factory_gets_every_task(loop):
    seen = []

    def factory(loop, coro, **options):
        seen.append(options)
        return asyncio.Task(coro, loop=loop, **options)

    loop.set_task_factory(factory)
    assert loop.get_task_factory() is factory

    async def main():
        await asyncio.create_task(asyncio.sleep(0), name="n")
        await loop.create_task(asyncio.sleep(0))

    loop.run_until_complete(asyncio.wait_for(main(), 30))
    assert len(seen) >= 3
    loop.set_task_factory(None)
    assert loop.get_task_factory() is None
    with pytest.raises(TypeError, match="task factory must be a callable or None"):
        loop.set_task_factory(1)


def test_a_task_factorys_task_gets_the_name(loop):
    loop.set_task_factory(lambda loop, coro: asyncio.Task(coro, loop=loop))

    async def main():
        task = loop.create_task(asyncio.sleep(0), name="given")
        assert task.get_name() == "given"
        await task

    loop.run_until_complete(main())


def test_eager_tasks_run_at_once(loop):
    loop.set_task_factory(asyncio.eager_task_factory)
    seen = []

    async def work():
        seen.append(asyncio.current_task())
        return "done at once"

    async def main():
        me = asyncio.current_task()
        task = asyncio.create_task(work())
        assert seen == [task]
        assert task.done()
        assert asyncio.current_task() is me
        assert await task == "done at once"

    loop.run_until_complete(main())


def test_eager_tasks_that_wait_go_on_later(loop):
    loop.set_task_factory(asyncio.eager_task_factory)
    seen = []

    async def work():
        seen.append("began")
        await asyncio.sleep(0)
        seen.append("went on")

    async def main():
        task = asyncio.create_task(work())
        seen.append("caller")
        assert task in asyncio.all_tasks()
        await task

    loop.run_until_complete(main())
    assert seen == ["began", "caller", "went on"]


def test_an_eager_task_before_the_loop_runs_waits(loop):
    seen = []

    async def work():
        seen.append(1)

    task = asyncio.Task(work(), loop=loop, eager_start=True)
    assert seen == []
    loop.run_until_complete(task)
    assert seen == [1]


def test_create_eager_task_factory(loop):
    class Mine(asyncio.Task):
        pass

    loop.set_task_factory(asyncio.create_eager_task_factory(Mine))

    async def main():
        task = asyncio.create_task(asyncio.sleep(0))
        assert type(task) is Mine
        await task

    loop.run_until_complete(main())


def test_tasks_are_made_with_asyncios_names(loop):
    async def main():
        task = asyncio.create_task(asyncio.sleep(0))
        assert type(task).__name__ == "Task"
        assert isinstance(task, asyncio.Task)
        assert isinstance(task, asyncio.Future)
        assert asyncio.isfuture(task)
        await task

    loop.run_until_complete(main())


def test_a_task_of_a_closed_loop(loop):
    loop.close()
    coro = asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="Event loop is closed"):
        loop.create_task(coro)
    coro.close()


def test_all_tasks_forgets_tasks_that_ended(loop):
    async def main():
        task = asyncio.create_task(asyncio.sleep(0))
        reference = weakref.ref(task)
        await task
        del task
        return reference

    reference = loop.run_until_complete(main())
    gc.collect()
    gc.collect()
    assert reference() is None
    assert asyncio.all_tasks(loop) == set()


def test_an_async_with_whose_entry_is_cancelled_is_not_left(loop):
    left = []

    class Manager:
        async def __aenter__(self):
            await asyncio.sleep(3600)

        async def __aexit__(self, *_):
            left.append(1)

    async def work():
        async with Manager():
            pytest.fail("entered")

    async def main():
        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()

    loop.run_until_complete(main())
    assert left == []


def test_task_groups(loop):
    seen = []

    async def work(i):
        await asyncio.sleep(0)
        seen.append(i)

    async def main():
        async with asyncio.TaskGroup() as group:
            for i in range(3):
                group.create_task(work(i))

    loop.run_until_complete(main())
    assert seen == [0, 1, 2]


def test_a_task_group_ends_its_tasks_with_the_one_that_fails(loop):
    seen = []

    async def waits():
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    async def fails():
        raise ValueError("failed")

    async def main():
        with pytest.raises(ExceptionGroup) as caught:  # noqa: F821 (this is for 3.12)
            async with asyncio.TaskGroup() as group:
                group.create_task(waits())
                group.create_task(fails())
        assert [type(e) for e in caught.value.exceptions] == [ValueError]

    loop.run_until_complete(main())
    assert seen == ["cancelled"]


def test_wait_for_gives_up(loop):
    async def main():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(loop.create_future(), 0.001)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(loop.create_future(), 0)
        assert await asyncio.wait_for(asyncio.sleep(0, 1), None) == 1

    loop.run_until_complete(main())


def test_shield(loop):
    async def main():
        future = loop.create_future()
        task = asyncio.create_task(asyncio.wait_for(asyncio.shield(future), 0.001))
        with pytest.raises(TimeoutError):
            await task
        assert not future.cancelled()
        future.set_result(1)
        assert await future == 1

    loop.run_until_complete(main())


def test_run_coroutine_threadsafe(loop):
    import threading

    results = []

    async def work():
        await asyncio.sleep(0)
        return threading.current_thread()

    def other():
        results.append(asyncio.run_coroutine_threadsafe(work(), loop).result(60))
        loop.call_soon_threadsafe(loop.stop)

    thread = threading.Thread(target=other)
    loop.call_soon(thread.start)
    loop.run_forever()
    thread.join()
    assert results == [threading.current_thread()]


def test_a_loop_that_redefines_call_soon_has_each_step():
    calls = 0

    class Counting(LOOP_CLASS):
        def call_soon(self, callback, *args, context=None):
            nonlocal calls
            calls += 1
            return super().call_soon(callback, *args, context=context)

    async def main():
        began = calls
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        slept = calls
        await asyncio.create_task(asyncio.sleep(0))
        return slept - began, calls - slept

    loop = Counting()
    try:
        # A task's two steps, and the word that it is done.
        assert loop.run_until_complete(main()) == (2, 3)
    finally:
        loop.close()
