"""Real libraries on stock asyncio and on javaloop, against real servers on the loopback interface.

A test that is a coroutine function runs by ``asyncio.run``, on the loop that a program gets.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from helpers import IN_JVM

# On a cold JVM the imports are most of the time: the second run reads them compiled.
sys.dont_write_bytecode = False

SECONDS = 100.0  # only ends what hangs; below the limit of the conftest above

_probe = asyncio.new_event_loop()
_LOOP_CLASS = type(_probe)
_probe.close()


def pytest_configure(config: pytest.Config) -> None:
    # The engine's ssl is the JVM's, and urllib3 would rather have OpenSSL.
    config.addinivalue_line("filterwarnings", "ignore:urllib3 v2 only supports OpenSSL")
    # The engine's own, see test_engine.py.
    config.addinivalue_line("filterwarnings", r"ignore:the \(type, exc, tb\) signature of throw")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    fixtures: Any = pyfuncitem.funcargs
    arguments = {name: fixtures[name] for name in inspect.signature(pyfuncitem.obj).parameters}
    asyncio.run(_checked(pyfuncitem.obj(**arguments)))
    return True


async def _checked(test: Any) -> None:
    """Nothing may be left to the loop's exception handler."""
    lost: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    assert_tested(loop)
    loop.set_exception_handler(lambda _, context: lost.append(context))
    await asyncio.wait_for(test, SECONDS)
    await asyncio.sleep(0)
    assert not lost


def assert_tested(loop: object) -> None:
    assert type(loop) is _LOOP_CLASS
    assert _LOOP_CLASS.__module__ == ("javaloop" if IN_JVM else "asyncio.unix_events")


@pytest.fixture
def is_tested() -> Callable[[object], None]:
    """Asserts that a loop is of the kind that this run is about."""
    return assert_tested


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as made:
        return made.getsockname()[1]


Serve = Callable[[Any], AbstractAsyncContextManager[str]]


@pytest.fixture
def serve() -> Serve:
    """Serves an ASGI application by uvicorn in the running loop; gives its address."""
    import uvicorn

    @contextlib.asynccontextmanager
    async def serving(application: Any) -> AsyncIterator[str]:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            server = uvicorn.Server(uvicorn.Config(application, log_level="warning"))
            # Not `serve`: that takes the signals of the process.
            task = asyncio.create_task(server._serve([listening]))
            # Clients may connect from here on: nobody has to wait for its start.
            try:
                yield "127.0.0.1:%d" % listening.getsockname()[1]
            finally:
                server.should_exit = True
                await task

    return serving


@contextlib.contextmanager
def _daemon(program: str, words: list[str], ready: str) -> Iterator[None]:
    """A server as a process, from the line in which it says that it is ready."""
    process = subprocess.Popen(
        words,
        executable=program,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = ""
        while ready not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        yield
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS)


@pytest.fixture(scope="session")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("redis")
    port = free_port()
    words = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    # One program that does what it is called by, whatever the file's name.
    program = _program("redis-server", "redis-check-rdb")
    with _daemon(program, [*words, "--dir", str(folder)], ready="Ready to accept"):
        yield port


@pytest.fixture(scope="session")
def mariadb_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Its user root has no password and comes from anywhere, which here is this machine."""
    folder = tmp_path_factory.mktemp("mariadb")
    port = free_port()
    options = ["--no-defaults", f"--datadir={folder}/data", f"--tmpdir={folder}", "--user=root"]
    subprocess.run(
        [_program("mariadb-install-db"), *options, "--auth-root-authentication-method=normal"],
        check=True,
        capture_output=True,
    )
    words = ["mariadbd", *options, f"--port={port}", "--bind-address=127.0.0.1", "--skip-log-bin"]
    words.append(f"--socket={folder}/socket")
    with _daemon(_program("mariadbd"), words, ready="ready for connections"):
        yield port
    shutil.rmtree(folder)  # pytest would keep it, and it is large


def _program(*names: str) -> str:
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
    found = next(filter(None, (shutil.which(name, path=path) for name in names)), None)
    assert found, f"{names[0]} is not installed; ci/libraries names its package"
    return found
