"""The same tests on stock asyncio and on javaloop: where stock disagrees, the test is wrong."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

HANG_SECONDS = 120.0

# These start processes, so they are for CPython's pytest; the suite's files are no tests.
collect_ignore = ["suite"] if sys.implementation.name == "cpython" else ["suite", "launcher"]

_probe = asyncio.new_event_loop()
LOOP_CLASS = type(_probe)
ON_JAVALOOP = LOOP_CLASS.__module__ == "javaloop"
_probe.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the tests marked slow as well")


def pytest_configure(config: pytest.Config) -> None:
    _guard.capture = config.pluginmanager.getplugin("capturemanager")
    _guard.start()
    config.addinivalue_line("markers", "javaloop_only: about what only javaloop has")
    config.addinivalue_line("markers", "slow: left out without --slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if not ON_JAVALOOP and item.get_closest_marker("javaloop_only"):
            item.add_marker(pytest.mark.skip(reason="about what only javaloop has"))
        if item.get_closest_marker("slow") and not config.getoption("--slow"):
            item.add_marker(pytest.mark.skip(reason="slow; runs with --slow"))


class _Guard(threading.Thread):
    """Ends the process, and says in which test, when one does not end."""

    def __init__(self) -> None:
        super().__init__(name="guard", daemon=True)
        self.running: tuple[str, float] | None = None
        self.capture: Any = None
        self._look = threading.Event()

    def run(self) -> None:
        while not self._look.wait(1):
            running = self.running
            if running is not None and time.monotonic() > running[1]:
                if self.capture is not None:
                    self.capture.suspend_global_capture()
                os.write(2, f"\nno end within its limit: {running[0]}\n".encode())
                os._exit(75)


_guard = _Guard()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    seconds = HANG_SECONDS * (5 if item.get_closest_marker("slow") else 1)
    _guard.running = item.nodeid, time.monotonic() + seconds
    try:
        return (yield)
    finally:
        _guard.running = None


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """A new loop that is nobody's default."""
    made = asyncio.new_event_loop()
    yield made
    if not made.is_closed():
        made.close()


@pytest.fixture
def loop_class() -> type[asyncio.AbstractEventLoop]:
    """The class of the loops that asyncio makes here."""
    return LOOP_CLASS


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two sockets that are connected and do not block."""
    left, right = socket.socketpair()
    with left, right:
        left.setblocking(False)
        right.setblocking(False)
        yield left, right


@pytest.fixture
def one_pass(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    """Runs what is ready, and what a single poll finds."""

    def run() -> None:
        loop.call_soon(loop.stop)
        loop.run_forever()

    return run


class Clock:
    """A loop's time that moves when it is told to."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(loop: asyncio.AbstractEventLoop) -> Clock:
    made = Clock()
    loop.time = made  # type: ignore[method-assign]
    return made
