"""Test frameworks that run the loop: unittest's and pytest-asyncio."""

import asyncio
import unittest
from typing import ClassVar

import pytest


class Isolated(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.loop = asyncio.get_running_loop()
        self.task = asyncio.current_task()
        await asyncio.sleep(0)

    async def asyncTearDown(self):
        assert asyncio.get_running_loop() is self.loop

    async def test_the_loop_is_the_default_one(self):
        made = asyncio.new_event_loop()
        made.close()
        assert type(self.loop) is type(made)
        assert asyncio.get_running_loop() is self.loop

    async def test_clean_ups_run_in_the_loop(self):
        async def clean():
            assert asyncio.get_running_loop() is self.loop

        self.addAsyncCleanup(clean)
        await asyncio.sleep(0.001)

    async def test_sub_tests_and_tasks(self):
        for i in range(3):
            with self.subTest(i=i):
                assert await asyncio.create_task(asyncio.sleep(0, i)) == i

    @unittest.expectedFailure
    async def test_failures_are_failures(self):
        await asyncio.sleep(0)
        self.fail("expected")


def test_a_leaking_case_is_cancelled():
    left = []

    class Case(unittest.IsolatedAsyncioTestCase):
        async def test(self):
            async def work():
                try:
                    await asyncio.sleep(3600)
                finally:
                    left.append("finally")

            self.task = asyncio.create_task(work())
            await asyncio.sleep(0)

    result = unittest.TestResult()
    Case("test").run(result)
    assert result.wasSuccessful()
    assert left == ["finally"]


@pytest.fixture
def number():
    return 5


pytest_asyncio = pytest.importorskip("pytest_asyncio", reason="pytest-asyncio is not installed")


@pytest_asyncio.fixture
async def made_by_loop(number):
    await asyncio.sleep(0)
    yield asyncio.get_running_loop(), number
    await asyncio.sleep(0)


@pytest.mark.asyncio
async def test_pytest_asyncio(made_by_loop):
    loop, number = made_by_loop
    assert asyncio.get_running_loop() is loop
    assert number == 5
    assert await asyncio.wait_for(asyncio.sleep(0.001, "slept"), 60) == "slept"


@pytest.mark.asyncio
@pytest.mark.parametrize("i", range(3))
async def test_pytest_asyncio_uses_the_default_loop(loop_class, i):
    assert type(asyncio.get_running_loop()) is loop_class


@pytest.mark.asyncio(loop_scope="class")
class TestSharedLoop:
    loops: ClassVar = []

    async def test_one(self):
        self.loops.append(asyncio.get_running_loop())

    async def test_two(self):
        assert self.loops == [asyncio.get_running_loop()]
