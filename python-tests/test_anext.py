"""``anext`` with a default, which the engine alone does not have whole."""

import pytest


async def numbers(*values):
    for value in values:
        yield value


class Empty:
    async def __anext__(self):
        raise StopAsyncIteration


def test_the_default_comes_when_there_is_nothing_left(loop):
    async def main():
        values = numbers(1)
        return [await anext(values, "default") for _ in range(3)]

    assert loop.run_until_complete(main()) == [1, "default", "default"]


def test_any_class_of_iterators_will_do(loop):
    async def main():
        return await anext(Empty(), None)

    assert loop.run_until_complete(main()) is None


def test_it_can_be_stepped_by_hand():
    awaitable = anext(numbers(1), "default")
    with pytest.raises(StopIteration) as end:
        awaitable.send(None)
    assert end.value.value == 1


@pytest.mark.filterwarnings("ignore:the .type, exc, tb. signature:DeprecationWarning")  # GraalPy's
def test_what_is_thrown_reaches_the_generator():
    seen = []

    class Wait:
        def __await__(self):
            yield "waiting"

    async def waits():
        try:
            await Wait()
        except KeyError:
            seen.append("thrown")
            raise
        yield

    awaitable = anext(waits(), "default")
    assert awaitable.send(None) == "waiting"
    with pytest.raises(KeyError):
        awaitable.throw(KeyError())
    assert seen == ["thrown"]


def test_without_a_default_the_end_is_raised(loop):
    async def main():
        await anext(numbers())

    with pytest.raises(StopAsyncIteration):
        loop.run_until_complete(main())


@pytest.mark.parametrize("arguments", [(), (1, 2, 3), (object(),), (object(), 1)])
def test_wrong_arguments_are_a_type_error(arguments):
    with pytest.raises(TypeError):
        anext(*arguments)
