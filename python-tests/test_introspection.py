"""Every method of asyncio's loop is there and answers."""

import asyncio
import inspect

import pytest

SILENT = {"__init__", "__del__"}


def public_methods():
    return sorted(
        name
        for name, value in vars(asyncio.AbstractEventLoop).items()
        if not name.startswith("_") and callable(value)
    )


@pytest.mark.parametrize("name", public_methods())
def test_the_loop_has_each_method_of_asyncios(loop, name):
    method = getattr(loop, name)
    assert callable(method)
    where = getattr(type(loop), name)
    assert where is not getattr(asyncio.AbstractEventLoop, name)


@pytest.mark.parametrize(
    "name",
    [
        "add_reader",
        "call_at",
        "call_later",
        "call_soon",
        "call_soon_threadsafe",
        "create_task",
        "run_forever",
        "run_in_executor",
        "run_until_complete",
        "shutdown_default_executor",
        "stop",
    ],
)
def test_parameters_are_asyncios(loop, name):
    theirs = inspect.signature(getattr(asyncio.SelectorEventLoop, name)).parameters
    base = inspect.signature(
        getattr(asyncio.BaseEventLoop, name, None)
        or getattr(asyncio.selector_events.BaseSelectorEventLoop, name)
    ).parameters
    assert list(theirs) and {n for n in base if n not in ("args", "kwargs")} <= set(theirs) | {
        "kwargs"
    }


def test_it_is_an_event_loop(loop):
    assert isinstance(loop, asyncio.AbstractEventLoop)
    assert isinstance(loop, asyncio.BaseEventLoop)


def test_repr(loop):
    name = type(loop).__name__
    assert repr(loop) == f"<{name} running=False closed=False debug=False>"
    loop.set_debug(True)
    assert repr(loop) == f"<{name} running=False closed=False debug=True>"

    async def main():
        return repr(loop)

    assert loop.run_until_complete(main()) == f"<{name} running=True closed=False debug=True>"
    loop.close()
    assert repr(loop) == f"<{name} running=False closed=True debug=True>"


def test_what_a_new_loop_says(loop):
    assert loop.is_running() is False
    assert loop.is_closed() is False
    assert loop.get_debug() is False
    assert loop.get_exception_handler() is None
    assert loop.get_task_factory() is None
    assert isinstance(loop.time(), float)


def test_loops_are_different_and_hashable(loop):
    other = asyncio.new_event_loop()
    assert loop != other
    assert len({loop, other, loop}) == 2
    other.close()


def test_create_future(loop):
    future = loop.create_future()
    assert isinstance(future, asyncio.Future)
    assert future.get_loop() is loop
    future.cancel()


def test_a_loop_takes_attributes_and_weak_references(loop):
    import weakref

    loop.mine = 5
    assert loop.mine == 5
    assert weakref.ref(loop)() is loop


def test_a_loop_in_a_dictionary(loop):
    import weakref

    table = weakref.WeakKeyDictionary()
    table[loop] = "value"
    assert table[loop] == "value"


def test_subclasses(loop_class):
    class Counting(loop_class):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.calls = 0

        def call_soon(self, callback, *args, context=None):
            self.calls += 1
            return super().call_soon(callback, *args, context=context)

    loop = Counting()
    try:
        loop.call_soon(loop.stop)
        loop.run_forever()
        assert loop.calls == 1
        assert loop.run_until_complete(asyncio.sleep(0, 1)) == 1
    finally:
        loop.close()


def test_getaddrinfo(loop):
    async def main():
        return await loop.getaddrinfo("127.0.0.1", 80)

    assert loop.run_until_complete(main())[0][4] == ("127.0.0.1", 80)
    loop.run_until_complete(loop.shutdown_default_executor())
