"""Starts processes on the engine ``cpython``, with each CPython that the machine has."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_process import ROOT, VERSIONS, Engine


def _find(version: str) -> str | None:
    found = subprocess.run(
        [str(ROOT / "ci" / "find-python"), version], capture_output=True, text=True, cwd=ROOT
    )
    return found.stdout.strip() if found.returncode == 0 else None


@pytest.fixture(scope="session", params=VERSIONS)
def python(request: pytest.FixtureRequest) -> str:
    """The path of a CPython of one version."""
    found = _find(request.param)
    if found is None:
        pytest.skip(f"the machine has no CPython {request.param}")
    return found


@pytest.fixture(params=["launcher", "late"])
def engine(request: pytest.FixtureRequest, python: str, tmp_path: Path) -> Iterator[Engine]:
    """The engine, booted in one of both ways: by the launcher, or by ``import javaloop``."""
    with Engine(python, tmp_path, late=request.param == "late") as made:
        yield made


@pytest.fixture
def launched(python: str, tmp_path: Path) -> Iterator[Engine]:
    """The engine, booted by the launcher: for what both ways have in common."""
    with Engine(python, tmp_path, late=False) as made:
        yield made


@pytest.fixture
def plain(python: str, tmp_path: Path) -> Iterator[Engine]:
    """A plain python that finds ``javaloop``, for programs that boot the JVM themselves."""
    with Engine(python, tmp_path, late=True, prelude="") as made:
        yield made


@pytest.fixture
def repeats(request: pytest.FixtureRequest) -> int:
    """How often to start what fails by chance."""
    return 100 if request.config.getoption("--slow") else 2
