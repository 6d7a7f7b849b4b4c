"""contextvars: every callback runs in the context it was given, or in a copy of its caller's."""

import asyncio
import contextvars
import socket
import threading

import pytest

var = contextvars.ContextVar("var", default="unset")


def schedulers(loop):
    return {
        "call_soon": loop.call_soon,
        "call_soon_threadsafe": loop.call_soon_threadsafe,
        "call_later": lambda *args, **more: loop.call_later(0, *args, **more),
        "call_at": lambda *args, **more: loop.call_at(loop.time(), *args, **more),
    }


@pytest.mark.parametrize("how", ["call_soon", "call_soon_threadsafe", "call_later", "call_at"])
def test_a_callback_sees_a_copy_of_its_callers_context(loop, one_pass, how):
    seen = []

    def callback():
        seen.append(var.get())
        var.set("changed by callback")

    context = contextvars.copy_context()
    context.run(var.set, "of caller")
    context.run(schedulers(loop)[how], callback)
    context.run(var.set, "later")
    one_pass()
    assert seen == ["of caller"]
    assert context[var] == "later"
    assert var.get() == "unset"


@pytest.mark.parametrize("how", ["call_soon", "call_soon_threadsafe", "call_later", "call_at"])
def test_a_callback_runs_in_the_context_it_was_given(loop, one_pass, how):
    context = contextvars.copy_context()
    schedulers(loop)[how](var.set, "kept", context=context)
    one_pass()
    assert context[var] == "kept"
    assert var.get() == "unset"


def test_a_reader_runs_in_its_callers_context(loop, one_pass):
    seen = []
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.send(b"x")
        context = contextvars.copy_context()
        context.run(var.set, "of reader")
        context.run(loop.add_reader, reader, lambda: seen.append(var.get()))
        one_pass()
        one_pass()
        loop.remove_reader(reader)
    assert seen == ["of reader"] * 2


def test_a_done_callback_runs_in_its_context(loop, one_pass):
    seen = []
    future = loop.create_future()
    context = contextvars.copy_context()
    context.run(var.set, "given")
    future.add_done_callback(lambda _: seen.append(var.get()), context=context)
    future.add_done_callback(lambda _: seen.append(var.get()))
    future.set_result(None)
    one_pass()
    assert seen == ["given", "unset"]


def test_a_task_keeps_its_context_between_steps(loop):
    async def work(name):
        var.set(name)
        await asyncio.sleep(0)
        await asyncio.sleep(0.001)
        return var.get()

    async def main():
        return await asyncio.gather(*(work(f"task {i}") for i in range(5)))

    assert loop.run_until_complete(main()) == [f"task {i}" for i in range(5)]
    assert var.get() == "unset"


def test_create_task_takes_a_context(loop):
    async def work():
        var.set("by task")

    async def main():
        context = contextvars.copy_context()
        await loop.create_task(work(), context=context)
        assert context[var] == "by task"
        await asyncio.create_task(work())
        assert var.get() == "unset"

    loop.run_until_complete(main())


def test_get_context_of_a_task(loop):
    async def main():
        context = contextvars.copy_context()
        task = asyncio.create_task(asyncio.sleep(0), context=context)
        assert task.get_context() is context
        await task

    loop.run_until_complete(main())


def test_to_thread_carries_the_context(loop):
    async def main():
        var.set("carried")
        return await asyncio.to_thread(lambda: (var.get(), threading.current_thread().name))

    value, thread = loop.run_until_complete(main())
    assert value == "carried"
    assert thread != threading.current_thread().name


def test_run_in_executor_does_not_carry_the_context(loop):
    async def main():
        var.set("not carried")
        return await loop.run_in_executor(None, var.get)

    assert loop.run_until_complete(main()) == "unset"


def test_a_runner_has_one_context():
    async def write():
        var.set("in runner")

    async def read():
        return var.get()

    with asyncio.Runner() as runner:
        runner.run(write())
        assert runner.run(read()) == "in runner"
    assert var.get() == "unset"
