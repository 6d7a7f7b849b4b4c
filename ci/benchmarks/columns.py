"""The columns of the benchmarks: which Python runs a program, and whose event loop it makes."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Columns with one CPython have the one that runs this.
_OPTIONS = {
    "ffm": ("--engine", "cpython", "--python", sys.executable),
    "jep": ("--engine", "jep", "--python", sys.executable),
    "stock": ("--mode", "throughput", "--stock-loop"),
    "javaloop": ("--mode", "throughput"),
}
_LOOPS = {"uvloop": "uvloop", "rloop": "rloop"}
NAMES = ("cpython", "uvloop", "rloop", "ffm", "jep", "stock", "javaloop")
JAVA = "java"
"""A column without Python, for servers only."""
REFERENCES = ("uvloop", "rloop", "cpython", "stock", JAVA)
"""What javaloop's columns are compared with."""

_DESCRIBE = """
import json, sys, {loop} as module
loop = module.new_event_loop()
print(json.dumps({{
    "implementation": sys.implementation.name,
    "python": " ".join(sys.version.split()),
    "loop": type(loop).__module__ + "." + type(loop).__qualname__,
}}))
loop.close()
"""


@dataclass(frozen=True)
class Column:
    """One Python with one event loop."""

    name: str
    """What the tables call it: KIND, or KIND@FOLDER where it is another checkout's."""
    kind: str
    """One of NAMES, or JAVA."""
    checkout: Path = field(default=ROOT)
    """Where javaloop is taken from."""

    @property
    def command(self) -> list[str]:
        """What starts its Python, or Java; a program and its arguments follow."""
        if self.kind == JAVA:
            return [f"{jdk()}/bin/java"]
        if self.kind in _OPTIONS:
            return [str(self.checkout / "javaloop"), *_OPTIONS[self.kind]]
        return [sys.executable]

    @property
    def loop(self) -> str:
        """The module whose ``new_event_loop`` a program calls."""
        return _LOOPS.get(self.kind, "asyncio")

    @property
    def is_javaloop(self) -> bool:
        return self.kind in ("ffm", "jep", "javaloop")

    @property
    def on_graalpy(self) -> bool:
        return self.kind in ("stock", "javaloop")

    @property
    def in_jvm(self) -> bool:
        return self.kind in _OPTIONS or self.kind == JAVA

    def describe(self) -> dict[str, str]:
        """Tells the versions of what it is made of.

        Raises Unavailable where its Python does not start or gives no such loop.
        """
        if self.kind == JAVA:
            return {"command": " ".join(self.command)}
        try:
            done = subprocess.run(
                [*self.command, "-c", _DESCRIBE.format(loop=self.loop)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=900,  # a first start may build javaloop
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unavailable(str(error)) from None
        if done.returncode:
            raise Unavailable(last_line(done.stderr) or f"it ended with status {done.returncode}")
        told = json.loads(done.stdout.splitlines()[-1])
        wanted = "graalpy" if self.on_graalpy else sys.implementation.name
        if told["implementation"] != wanted:
            raise Unavailable(f"it runs {told['implementation']}, not {wanted}")
        if self.loop != "asyncio":
            told["version"] = importlib.metadata.version(self.loop)
        if self.in_jvm:
            told["commit"] = _commit(self.checkout)
            told["jdk"] = str(jdk(self.checkout))
        return {"command": " ".join(self.command)} | told


class Unavailable(Exception):
    """A column cannot be measured on this machine."""


def add_option(parser: argparse.ArgumentParser, *names: str, of: tuple[str, ...] = NAMES) -> None:
    """Adds the option that chooses columns; by default all of them."""
    parser.add_argument(
        *names,
        dest="columns",
        type=columns(of),
        default=[Column(name, name) for name in of],
        metavar="COLUMN,…",
        help=f"of {', '.join(of)}; jep@DIR is jep of another checkout, built or not",
    )


def column(text: str) -> Column:
    """``KIND`` or, for javaloop's, ``KIND@CHECKOUT``."""
    kind, at, folder = text.partition("@")
    if not at:
        return Column(kind, kind)
    checkout = Path(folder).resolve()
    if kind not in _OPTIONS:
        raise argparse.ArgumentTypeError(f"{kind} is not of a checkout of javaloop")
    if not (checkout / "javaloop").is_file():
        raise argparse.ArgumentTypeError(f"{folder!r} is no checkout of javaloop")
    return Column(f"{kind}@{checkout.name}", kind, checkout)


def columns(names: tuple[str, ...]) -> Callable[[str], list[Column]]:
    """A parser of a list of columns, of these kinds."""

    def parse(text: str) -> list[Column]:
        for each in text.split(","):
            kind = each.partition("@")[0]
            if kind not in names:
                raise argparse.ArgumentTypeError(f"{kind!r} is none of {', '.join(names)}")
        chosen = [column(each) for each in text.split(",")]
        if len({each.name for each in chosen}) < len(chosen):
            raise argparse.ArgumentTypeError("two columns have the same name")
        return chosen

    return parse


def available(chosen: list[Column]) -> dict[Column, dict[str, str]]:
    """The columns that can be measured here, described; says in one line why another cannot."""
    found = {}
    for each in chosen:
        try:
            found[each] = each.describe()
        except Unavailable as error:
            print(f"ci/bench: without the column {each.name}: {error}", file=sys.stderr)
    if not found:
        raise SystemExit("ci/bench: no column can be measured")
    return found


def pairs(chosen: list[Column]) -> list[tuple[Column, Column]]:
    """Each of javaloop's columns with each that it is compared with.

    Of two checkouts the first that was named is compared with the later ones.
    """
    found = []
    for place, ours in enumerate(chosen):
        if ours.is_javaloop:
            others = [each for kind in REFERENCES for each in chosen if each.kind == kind]
            others += [each for each in chosen[place + 1 :] if each.kind == ours.kind]
            found += [(ours, other) for other in others if ours.on_graalpy or not other.on_graalpy]
    return found


def jdk(checkout: Path = ROOT) -> Path:
    """What javaloop was built with there."""
    return Path((checkout / "bridge/target/runtime/stamp").read_text().strip())


def last_line(text: str) -> str:
    """What a program that failed said last, without a Java stack's frames."""
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith(("at ", "..."))]
    return lines[-1] if lines else ""


def _commit(checkout: Path) -> str:
    """Its commit, with a + where files differ from it."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", "-C", str(checkout), *words], capture_output=True, text=True)
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no")
    return git("rev-parse", "--short=12", "HEAD") + ("+" if changed else "")
