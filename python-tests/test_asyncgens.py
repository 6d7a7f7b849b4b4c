"""Asynchronous generators, and their end with the loop's."""

import asyncio

import pytest


async def count(seen, name="generator"):
    try:
        for i in range(1000):
            yield i
            await asyncio.sleep(0)
    finally:
        await asyncio.sleep(0)
        seen.append(name)


def test_async_for(loop):
    async def main():
        return [i async for i in count([]) if i < 3][:3]

    assert loop.run_until_complete(main()) == [0, 1, 2]


def test_shutdown_closes_what_was_left_open(loop):
    seen, kept = [], []

    async def main():
        for name in "ab":
            generator = count(seen, name)
            kept.append(generator)
            assert await anext(generator) == 0

    loop.run_until_complete(main())
    assert seen == []
    loop.run_until_complete(loop.shutdown_asyncgens())
    assert sorted(seen) == ["a", "b"]


def test_asyncio_run_closes_what_was_left_open():
    seen, kept = [], []

    async def main():
        kept.append(count(seen))
        await anext(kept[0])

    asyncio.run(main())
    assert seen == ["generator"]


def test_a_generator_that_ended_is_not_closed_again(loop):
    seen = []

    async def main():
        generator = count(seen)
        await anext(generator)
        await generator.aclose()

    loop.run_until_complete(main())
    loop.run_until_complete(loop.shutdown_asyncgens())
    assert seen == ["generator"]


def test_an_error_while_closing_goes_to_the_handler(loop):
    errors, kept = [], []
    loop.set_exception_handler(lambda loop, context: errors.append(context))

    async def broken():
        try:
            yield 1
        finally:
            raise ZeroDivisionError

    async def main():
        kept.append(broken())
        await anext(kept[0])

    loop.run_until_complete(main())
    loop.run_until_complete(loop.shutdown_asyncgens())
    [context] = errors
    assert isinstance(context["exception"], ZeroDivisionError)
    assert context["asyncgen"] is kept[0]
    assert "an error occurred during closing of asynchronous generator" in context["message"]


def test_after_shutdown_a_new_generator_is_warned_about(loop):
    seen, kept = [], []
    loop.run_until_complete(loop.shutdown_asyncgens())

    async def main():
        kept.append(count(seen))
        with pytest.warns(ResourceWarning, match="was scheduled after loop.shutdown_asyncgens()"):
            await anext(kept[0])
        await kept[0].aclose()

    loop.run_until_complete(main())


def test_generators_of_many_tasks(loop):
    seen, kept = [], []

    async def work(i):
        generator = count(seen, i)
        kept.append(generator)
        await anext(generator)

    async def main():
        await asyncio.gather(*(work(i) for i in range(100)))

    loop.run_until_complete(main())
    loop.run_until_complete(loop.shutdown_asyncgens())
    assert sorted(seen) == list(range(100))
