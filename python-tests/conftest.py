"""The same tests on stock asyncio and on javaloop: where stock disagrees, the test is wrong."""

from __future__ import annotations

import asyncio
import os
import pathlib
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

HANG_SECONDS = 120.0

# These start processes, so they are for CPython's pytest; the suite's files are no tests.
collect_ignore = ["suite"]
if sys.implementation.name != "cpython":
    collect_ignore += ["launcher", "report", "cpython_engine"]

_passed: list[str] = []
_probe = asyncio.new_event_loop()
LOOP_CLASS = type(_probe)
ON_GRAALPY = sys.implementation.name == "graalpy"
ON_JAVALOOP = LOOP_CLASS.__module__ == "javaloop"
_probe.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the tests marked slow as well")
    parser.addoption(
        "--passed-to", type=pathlib.Path, help="write the tests that pass to this file"
    )
    parser.addoption("--only", type=pathlib.Path, help="run the tests that this file names")


def pytest_configure(config: pytest.Config) -> None:
    _guard.capture = config.pluginmanager.getplugin("capturemanager")
    _guard.start()
    config.addinivalue_line("markers", "javaloop_only: about what only javaloop has")
    config.addinivalue_line("markers", "graalpy_only: about what only javaloop on GraalPy has")
    config.addinivalue_line("markers", "slow: left out without --slow")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.passed:
        _passed.append(report.nodeid)
    elif report.failed and report.nodeid in _passed:
        _passed.remove(report.nodeid)  # by its teardown


def pytest_sessionfinish(session: pytest.Session) -> None:
    path = session.config.getoption("--passed-to")
    if path is not None:
        path.write_text("\n".join(_passed), encoding="utf-8")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    only = config.getoption("--only")
    if only is not None:
        names = set(only.read_text(encoding="utf-8").splitlines())
        config.hook.pytest_deselected(items=[each for each in items if each.nodeid not in names])
        items[:] = [each for each in items if each.nodeid in names]
    for item in items:
        if not ON_JAVALOOP and item.get_closest_marker("javaloop_only"):
            item.add_marker(pytest.mark.skip(reason="about what only javaloop has"))
        if item.get_closest_marker("graalpy_only") and not (ON_JAVALOOP and ON_GRAALPY):
            item.add_marker(pytest.mark.skip(reason="about what only javaloop on GraalPy has"))
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
def datagram_pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The same for datagrams; they have names."""
    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with left, right:
        for each in (left, right):
            each.setblocking(False)
            each.bind("")
        yield left, right


@pytest.fixture
def one_pass(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    """Runs what is ready, and what a single poll finds."""

    def run() -> None:
        loop.call_soon(loop.stop)
        loop.run_forever()

    return run


@pytest.fixture
def run(loop: asyncio.AbstractEventLoop) -> Callable[[Any], Any]:
    """Runs a coroutine to its end, and not for ever."""
    return lambda coro: loop.run_until_complete(asyncio.wait_for(coro, 60))


@pytest.fixture
def reports(loop: asyncio.AbstractEventLoop) -> list[dict[str, Any]]:
    """What reached the loop's exception handler."""
    seen: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: seen.append(context))
    return seen


class Foreign:
    """Somebody else's file, and who opens it when a number may be free."""

    content = b"foreign" * 1000

    def __init__(self, path: pathlib.Path) -> None:
        path.write_bytes(self.content)
        self.path = path
        self.files: list[Any] = []

    def take(self, number: int) -> None:
        """Opens the file in other threads until it has the number, or is open 50 times."""
        before = len(self.files)

        def open_some() -> None:
            while len(self.files) < before + 50 and not self.has(number):
                self.files.append(self.path.open("r+b", buffering=0))

        threads = [threading.Thread(target=open_some) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def has(self, number: int) -> bool:
        return any(file.fileno() == number for file in self.files)

    def check(self) -> None:
        """None of its bytes moved."""
        assert [os.lseek(each.fileno(), 0, os.SEEK_CUR) for each in self.files] == [0] * len(
            self.files
        )
        assert self.path.read_bytes() == self.content


@pytest.fixture
def foreign(tmp_path: pathlib.Path) -> Iterator[Foreign]:
    made = Foreign(tmp_path / "foreign")
    yield made
    try:
        made.check()
    finally:
        for file in made.files:
            file.close()


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
