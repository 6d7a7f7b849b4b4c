"""Starts processes: each case on ./javaloop, and on the CPython that runs pytest."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from processes import COMMAND, Ended, environment, normal, run_python


@pytest.fixture
def javaloop(tmp_path: Path) -> Callable[..., Ended]:
    def run(*words: str | Path, **more: object) -> Ended:
        return run_python(COMMAND, *words, **{"cwd": tmp_path, **more})  # type: ignore[arg-type]

    return run


@pytest.fixture
def both(tmp_path: Path) -> Callable[..., tuple[Ended, Ended]]:
    """Runs the same words on CPython and on javaloop; checks that both end with the same status."""

    def run(*words: str | Path, **more: object) -> tuple[Ended, Ended]:
        options = {"cwd": tmp_path, **more}
        cpython = run_python(sys.executable, *words, **options)  # type: ignore[arg-type]
        ours = run_python(COMMAND, *words, **options)  # type: ignore[arg-type]
        assert ours.status == cpython.status, ours
        return cpython, ours

    return run


@pytest.fixture
def same(both: Callable[..., tuple[Ended, Ended]]) -> Callable[..., Ended]:
    """Runs the same words on both; checks that they print the same, as `normal` sees it."""

    def run(*words: str | Path, **more: object) -> Ended:
        cpython, ours = both(*words, **more)
        assert normal(ours.out) == normal(cpython.out)
        assert normal(ours.err) == normal(cpython.err)
        return ours

    return run


@pytest.fixture
def script(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str, name: str = "script.py") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a process on javaloop that the test talks to; it is killed at the end."""
    started: list[subprocess.Popen[str]] = []

    def begin(*words: str | Path, **more: object) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [*COMMAND, *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env=environment(),
            **more,  # type: ignore[call-overload]
        )
        started.append(child)
        return child

    yield begin
    for child in started:
        if child.poll() is None:
            child.kill()
        child.communicate()
