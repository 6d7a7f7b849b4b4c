"""Runs programs on the launcher or on CPython, and compares what they print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
JAVALOOP = Path(os.environ.get("JAVALOOP_LAUNCHER", ROOT / "javaloop"))
ENGINE = os.environ.get("JAVALOOP_ENGINE", "graalpy")
COMMAND = [str(JAVALOOP)]
if ENGINE != "graalpy":
    COMMAND += ["--engine", ENGINE, "--python", sys.executable]
SECONDS = 100


@dataclass(frozen=True)
class Ended:
    out: str
    err: str
    status: int


def environment(more: dict[str, str] | None = None) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return {**kept, **(more or {})}


def run_python(
    python: str | Path | list[str],
    *words: str | Path,
    stdin: str = "",
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
) -> Ended:
    done = subprocess.run(
        [*(python if isinstance(python, list) else [str(python)]), *map(str, words)],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment(env),
        timeout=SECONDS,
    )
    return Ended(done.stdout, done.stderr, done.returncode)


def normal(text: str) -> str:
    """Without what may differ: marker lines, the executable, the standard library's lines."""
    lines = [line for line in text.splitlines() if not re.fullmatch(r"\s*[\^~]+\s*", line)]
    text = "\n".join(lines)
    for python in (sys.executable, os.path.realpath(sys.executable), str(JAVALOOP)):
        text = text.replace(python, "PYTHON")
    return re.sub(
        r'File "[^"]*/lib/python3\.\d+/([^"]*)", line \d+', r'File "LIB/\1", line N', text
    )
