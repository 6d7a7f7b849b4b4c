"""Runs programs on the engine ``cpython``, and looks at what they leave."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
RUNTIME = ROOT / "bridge" / "target" / "runtime"
VERSIONS = os.environ.get("JAVALOOP_VERSIONS", "3.10 3.11 3.12 3.13 3.14").split()
SECONDS = 60  # only catches hangs

_LATE = "import javaloop; javaloop.install()\n"


@dataclass(frozen=True)
class Ended:
    out: str
    err: str
    status: int


class Engine:
    """Starts programs, and checks that no JVM has written an error file.

    An exit status can be right although the JVM has crashed: while CPython finalizes, say.
    """

    def __init__(
        self, python: str, folder: Path, *, late: bool, prelude: str | None = None
    ) -> None:
        """
        :param late: whether the program boots the JVM; else the launcher does
        :param prelude: what a late program begins with
        """
        self.python = python
        self.folder = folder
        self.late = late
        self._prelude = (_LATE if late else "") if prelude is None else prelude
        self._started: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._started:
            if child.poll() is None:
                child.kill()
            child.communicate()
        self.check_error_files()

    def check_error_files(self) -> None:
        files = sorted(self.folder.glob("hs_err*"))
        assert not files, files[0].read_text(encoding="utf-8", errors="replace")[:700]

    def command(self, *words: str | Path) -> list[str]:
        head = (
            [self.python]
            if self.late
            else [str(ROOT / "javaloop"), "--engine", "cpython", "--python", self.python]
        )
        return [*head, *map(str, words)]

    def environment(self, more: dict[str, str] | None = None) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        if self.late:
            kept["PYTHONPATH"] = str(RUNTIME / "python")
        return {**kept, **(more or {})}

    def write(self, code: str, name: str = "program.py") -> Path:
        path = self.folder / name
        path.write_text(self._prelude + textwrap.dedent(code))
        return path

    def start(
        self,
        code: str,
        *,
        flags: Sequence[str] = (),
        env: dict[str, str] | None = None,
        **more: Any,
    ) -> subprocess.Popen[str]:
        """Starts a program that the test talks to; it is killed at the end of the test."""
        child = subprocess.Popen(
            self.command(*flags, self.write(code)),
            **{
                "stdin": subprocess.PIPE,
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                "text": True,
                "cwd": self.folder,
                "env": self.environment(env),
                **more,
            },
        )
        self._started.append(child)
        return child

    def run(self, code: str, **more: Any) -> Ended:
        """Runs a program to its end."""
        return self.end(self.start(code, **more))

    def end(self, child: subprocess.Popen[str], stdin: str | None = None) -> Ended:
        """Waits for the end of a program."""
        out, err = child.communicate(stdin, timeout=SECONDS)
        self.check_error_files()
        return Ended(out, err, child.returncode)

    def run_words(
        self, *words: str | Path, env: dict[str, str] | None = None, **more: Any
    ) -> Ended:
        """Runs a command line."""
        done = subprocess.run(
            self.command(*words),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            cwd=self.folder,
            env=self.environment(env),
            timeout=SECONDS,
            **more,
        )
        self.check_error_files()
        return Ended(done.stdout, done.stderr, done.returncode)

    def check(self, code: str, out: str = "ok\n", **more: Any) -> None:
        """Runs a program that has to end well, and to print this and nothing to stderr."""
        ended = self.run(code, **more)
        assert (ended.status, ended.err, ended.out) == (0, "", out), ended


def wait_for_line(child: subprocess.Popen[str], line: str) -> None:
    """Reads what a program prints until it has printed this line."""
    assert child.stdout is not None
    for read in child.stdout:
        if read.strip() == line:
            return
    raise AssertionError(f"ended without {line!r}: {child.communicate()}")


def version_of(python: str) -> tuple[int, ...]:
    shown = subprocess.run(
        [python, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True
    )
    return tuple(map(int, shown.stdout.split()))


Runner = Callable[..., Ended]
THIS_PYTHON = sys.executable
