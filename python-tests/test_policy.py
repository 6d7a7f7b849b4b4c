"""Policies: who makes the loop of asyncio.run, get_event_loop and new_event_loop."""

import asyncio
import threading

import pytest

# 3.14 warns of whatever is about policies.
pytestmark = pytest.mark.filterwarnings("ignore:'asyncio:DeprecationWarning")


@pytest.fixture(autouse=True)
def default_policy():
    asyncio.set_event_loop_policy(None)
    yield
    asyncio.set_event_loop(None)
    asyncio.set_event_loop_policy(None)


def test_asyncios_names_are_the_default_loop(loop_class):
    assert asyncio.SelectorEventLoop is loop_class
    loop = asyncio.SelectorEventLoop()
    assert loop.run_until_complete(asyncio.sleep(0, 1)) == 1
    loop.close()


def test_a_selector_may_be_given():
    import selectors

    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    assert loop.run_until_complete(asyncio.sleep(0, 1)) == 1
    loop.close()


def test_the_default_policy_makes_the_default_loop(loop_class):
    for policy in (asyncio.DefaultEventLoopPolicy(), asyncio.get_event_loop_policy()):
        loop = policy.new_event_loop()
        assert type(loop) is loop_class
        loop.close()
    asyncio.set_event_loop_policy(asyncio.DefaultEventLoopPolicy())
    assert asyncio.run(kind()) is loop_class
    asyncio.set_event_loop_policy(None)
    assert asyncio.run(kind()) is loop_class


async def kind():
    return type(asyncio.get_running_loop())


def test_a_subclass_of_the_default_policy(loop_class):
    made = []

    class Policy(asyncio.DefaultEventLoopPolicy):
        def new_event_loop(self):
            loop = super().new_event_loop()
            made.append(loop)
            return loop

    asyncio.set_event_loop_policy(Policy())
    assert asyncio.run(kind()) is loop_class
    assert len(made) == 1


def test_a_policy_with_another_loop(loop_class):
    class Mine(loop_class):
        pass

    class Policy(asyncio.DefaultEventLoopPolicy):
        _loop_factory = Mine

    asyncio.set_event_loop_policy(Policy())
    assert asyncio.run(kind()) is Mine


def test_set_and_get_event_loop(loop):
    asyncio.set_event_loop(loop)
    assert asyncio.get_event_loop() is loop
    assert asyncio.get_event_loop_policy().get_event_loop() is loop
    asyncio.set_event_loop(None)
    with pytest.raises(RuntimeError, match="There is no current event loop"):
        asyncio.get_event_loop()


def test_other_threads_have_no_loop():
    caught = []

    def run():
        try:
            asyncio.get_event_loop()
        except RuntimeError as error:
            caught.append(str(error))

    thread = threading.Thread(target=run, name="other")
    thread.start()
    thread.join()
    assert caught == ["There is no current event loop in thread 'other'."]


def test_a_policy_must_be_one():
    with pytest.raises(TypeError):
        asyncio.set_event_loop_policy(object())


def test_asyncio_run_takes_a_factory(loop_class):
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        assert runner.run(kind()) is loop_class
    assert asyncio.run(kind(), loop_factory=asyncio.SelectorEventLoop) is loop_class


@pytest.mark.javaloop_only
class TestOwnNames:
    def test_new_event_loop(self):
        import javaloop

        loop = javaloop.new_event_loop()
        assert type(loop) is javaloop.Loop
        loop.close()
        assert asyncio.run(kind(), loop_factory=javaloop.new_event_loop) is javaloop.Loop

    def test_run(self):
        import javaloop

        assert javaloop.run(kind()) is javaloop.Loop

        async def debug():
            return asyncio.get_running_loop().get_debug()

        assert javaloop.run(debug(), debug=True) is True

    def test_install(self):
        import javaloop

        javaloop.install()
        assert type(asyncio.get_event_loop_policy()) is javaloop.EventLoopPolicy
        assert asyncio.run(kind()) is javaloop.Loop

    def test_the_policy_is_subclassable(self):
        import javaloop

        class Policy(javaloop.EventLoopPolicy):
            pass

        asyncio.set_event_loop_policy(Policy())
        assert asyncio.run(kind()) is javaloop.Loop
        assert issubclass(javaloop.EventLoopPolicy, asyncio.AbstractEventLoopPolicy)

    def test_asyncios_names_are_ours(self):
        import javaloop

        assert asyncio.SelectorEventLoop is javaloop.Loop
        assert asyncio.DefaultEventLoopPolicy is javaloop.EventLoopPolicy
        assert asyncio.unix_events.SelectorEventLoop is javaloop.Loop

    def test_names_of_the_package(self):
        import javaloop

        assert set(javaloop.__all__) <= set(dir(javaloop))
        assert javaloop.Loop.__module__ == "javaloop"
        assert repr(javaloop.Loop) == "<class 'javaloop.Loop'>"
        with pytest.raises(AttributeError, match="module 'javaloop' has no attribute 'nothing'"):
            javaloop.nothing  # noqa: B018
