"""Runs CPython's test_asyncio on an engine twice, on asyncio's own loop and on javaloop, and compares.

Fails when a test that passes on the stock loop does not on javaloop and is not in the table
(expected-*.toml), and when a test in the table passes. Where the stock loop does not run, each test
has to pass but those of the table's second part, which are the engine's. See ``ci/suite --help``.
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import tomllib

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TARGET = ROOT / "target" / "suite"
MODULES = [
    "locks",
    "queues",
    "tasks",
    "futures",
    "futures2",
    "timeouts",
    "taskgroups",
    "waitfor",
    "eager_task_factory",
    "threads",
    "context",
    "runners",
    "staggered",
    "pep492",
    "base_events",
    "events",
    "streams",
    "server",
    "sock_lowlevel",
    "buffered_proto",
    "sendfile",
    "unix_events",
    "sslproto",
    "ssl",
    "subprocess",
]
# GraalPy's stock loop hangs in most of these, a minute for each: what is not skipped has to pass on javaloop.
OURS_ALONE = ["subprocess"]
# Not about a loop that runs.
INFORMATION = [
    "selector_events",
    "protocols",
    "transports",
]
LOOPS = "stock", "javaloop"

Results = dict[str, dict[str, Any]]
CHILDREN: set[subprocess.Popen[bytes]] = set()


def end_children(number: int, frame: object) -> None:
    """No child outlives this."""
    for child in list(CHILDREN):
        child.kill()
    os._exit(128 + number)


class Run:
    """One module on one loop, in as many processes as hangs and crashes make necessary."""

    def __init__(self, options: argparse.Namespace, module: str, loop: str) -> None:
        self.options = options
        self.module = module
        self.loop = loop
        folder = TARGET / options.name / loop
        self.out = folder / f"{module}.jsonl"
        self.log = folder / f"{module}.log"
        self.key = folder / f"{module}.key"

    def results(self, hanging: list[str] | None = None) -> Results:
        """What each test did; ``hanging`` are not waited for long."""
        key = self._cache_key()
        if not (self.loop == "stock" and self._fresh(key)):
            self.out.parent.mkdir(parents=True, exist_ok=True)
            for old in (self.out, self.log, self.key):
                old.unlink(missing_ok=True)
            known = self.out.with_suffix(".hanging.txt")
            known.write_text("\n".join(hanging or []))
            self._run_to_end(self.out, "--hanging", str(known))
            self.key.write_text(key)
        return read(self.out)

    def again(self, ids: list[str]) -> Results:
        """Runs these tests once more, in a process of their own."""
        out = self.out.with_suffix(".again.jsonl")
        out.unlink(missing_ok=True)
        only = self.out.with_suffix(".again.txt")
        only.write_text("\n".join(ids))
        self._run_to_end(out, "--only", str(only))
        return read(out)

    def _run_to_end(self, out: Path, *more: str) -> None:
        for _ in range(self.options.restarts):
            words = [*self.options.commands[self.loop], str(HERE / "run_module.py")]
            words += ["--suite", str(self.options.suite), "--out", str(out)]
            words += ["--limit", str(self.options.limit), *more, f"test_{self.module}"]
            with self.log.open("a") as log:
                child = subprocess.Popen(
                    words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.out.parent
                )
                CHILDREN.add(child)
                status = self._wait(child, out)
                CHILDREN.discard(child)
            records = lines(out)
            if records and records[-1].get("end"):
                return
            ended_in = [r["begin"] for r in records if "begin" in r][-1:]
            if ended_in and not any(r.get("id") == ended_in[0] for r in records):
                append(out, ended_in[0], "crashed", f"the process ended with {status}")
            elif not ended_in:
                break  # nothing ran: the next process would do no better
        else:
            append(out, f"{self.module}: the rest", "crashed", "too many restarts")
            return
        append(out, f"{self.module}: the module", "crashed", tail(self.log))

    def _wait(self, child: subprocess.Popen[bytes], out: Path) -> int | str:
        """Until the process ends; its own guard ends it when a test hangs, this when that fails."""
        seen, since = -1, time.monotonic()
        while True:
            try:
                return child.wait(1)
            except subprocess.TimeoutExpired:
                size = out.stat().st_size if out.exists() else 0
                if size != seen:
                    seen, since = size, time.monotonic()
                elif time.monotonic() - since > self.options.limit + 60:
                    child.kill()
                    child.wait()
                    return "a kill: it did not go on"

    def _cache_key(self) -> str:
        """The stock loop's results hold while the suite, its runner and the engine are the same."""
        made = hashlib.sha256(str((self.options.limit, self.options.commands["stock"])).encode())
        for path in (
            HERE / "run_module.py",
            self.options.suite / "test" / "test_asyncio" / f"test_{self.module}.py",
            self.options.suite / "test" / "test_asyncio" / "utils.py",
            ROOT / "graalpy-language" / "pom.xml",
            *sorted((ROOT / "graalpy-language" / "src").rglob("*.java")),
            ROOT / "pom.xml",
        ):
            made.update(path.read_bytes())
        return made.hexdigest()

    def _fresh(self, key: str) -> bool:
        return (
            not self.options.fresh
            and self.key.exists()
            and self.key.read_text() == key
            and any(record.get("end") for record in lines(self.out))
        )


def lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]


def read(path: Path) -> Results:
    return {record["id"]: record for record in lines(path) if "id" in record}


def append(path: Path, test_id: str, outcome: str, detail: str) -> None:
    record = {"id": test_id, "outcome": outcome, "detail": detail, "seconds": 0, "passes": None}
    with path.open("a") as out:
        out.write(json.dumps(record) + "\n")


def tail(path: Path) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-8:])


def suite_root(given: str) -> Path:
    """The folder that holds test/test_asyncio, whichever of the three was given."""
    path = Path(given).resolve()
    for root in (path, path.parent, path.parent.parent):
        if (root / "test" / "test_asyncio" / "utils.py").exists():
            return root
    sys.exit(f"ci/suite: no test/test_asyncio in {given}")


def reference_suite() -> str:
    return str(Path(os.__file__).parent)


class Python:
    """A CPython that is asked for what it is."""

    def __init__(self, command: str) -> None:
        told = (
            "import os, sys; print(sys.executable, *sys.version_info[:2], os.__file__, sep='\\n')"
        )
        try:
            said = subprocess.run([command, "-c", told], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            sys.exit(f"ci/suite: {command} does not run: {error}")
        self.executable, major, minor, os_file = said.stdout.split("\n")[:4]
        self.version = f"{major}.{minor}"
        self.library = str(Path(os_file).parent)


def choose_engine(options: argparse.Namespace) -> None:
    """Adds the commands of both loops, a name for the folder, a title, the table and the suite."""
    launcher = str(options.launcher)
    options.name = options.engine
    if options.engine != "graalpy":
        python = Python(options.python)
        options.name = f"{options.engine}-{python.version}"
        options.title = f"CPython {python.version}'s own"
        ours = [launcher, "--engine", options.engine, "--python", python.executable]
        options.commands = {"stock": [python.executable], "javaloop": ours}
        options.suite = suite_root(options.suite or python.library)
    else:
        options.title = "GraalPy's stock loop"
        options.commands = {"stock": [launcher, "--stock-loop"], "javaloop": [launcher]}
        options.suite = suite_root(options.suite or reference_suite())
    options.table = (
        HERE / f"expected-{'graalpy' if options.engine == 'graalpy' else 'cpython'}.toml"
    )


def all_modules(options: argparse.Namespace) -> list[str]:
    """What there is to run by default; CPython is quick, and runs what there is."""
    if options.engine == "graalpy":
        return MODULES + (INFORMATION if options.all else [])
    files = (options.suite / "test" / "test_asyncio").glob("test_*.py")
    names = sorted(file.stem.removeprefix("test_") for file in files)
    return [name for name in names if not name.startswith("windows")]


def count(results: Results, *outcomes: str) -> int:
    return sum(record["outcome"] in outcomes for record in results.values())


def short(record: dict[str, Any] | None) -> str:
    if record is None:
        return "not run"
    last = (record["detail"].strip().splitlines() or [""])[-1]
    return f"{record['outcome']}: {last}"[:200]


class Table:
    """Which tests do not pass on javaloop, and why."""

    def __init__(self, path: Path) -> None:
        parts = tomllib.loads(path.read_text())
        engines = parts.get("engine", [])
        self._ours = {entry["id"]: entry["reason"] for entry in parts.get("test", [])}
        self._engines = {entry["id"]: entry["reason"] for entry in engines}
        self._unsteady = {entry["id"] for entry in engines if entry.get("unsteady")}
        self.hanging = [entry["id"] for entry in engines if entry.get("hangs")]

    def expected(self, stock: Results) -> dict[str, str]:
        """What is not to pass; where the stock loop did not run, what is the engine's as well."""
        return self._ours if stock else self._ours | self._engines

    def to_take_out(self, ours: Results, prefix: str) -> list[str]:
        return [
            each
            for each in self._ours | self._engines
            if each.startswith(prefix)
            and each not in self._unsteady
            and ours.get(each, {}).get("outcome") == "passed"
        ]


def worse(stock: Results, ours: Results) -> list[str]:
    """What passes on the stock loop and not on javaloop; "skipped" and "not run" count too.

    Where the stock loop did not run, all that ran has to pass.
    """
    if stock:
        wanted = [i for i, record in stock.items() if record["outcome"] == "passed"]
    else:
        wanted = [i for i, record in ours.items() if record["outcome"] != "skipped"]
    return [i for i in wanted if ours.get(i, {"outcome": "absent"})["outcome"] != "passed"]


def compare(
    options: argparse.Namespace, module: str, table: Table
) -> tuple[Results, Results, list[str]]:
    hangs_on_stock = options.engine == "graalpy" and module in OURS_ALONE and not options.all
    alone = options.ours or hangs_on_stock
    stock = {} if alone else Run(options, module, "stock").results()
    run = Run(options, module, "javaloop")
    hanging = [i for i, record in stock.items() if record["outcome"] == "hung"]
    ours = run.results(table.hanging if alone else hanging)
    expected = table.expected(stock)
    found = [i for i in worse(stock, ours) if i not in expected]
    unsteady: list[str] = []
    if found:
        # Some tests measure time; what fails because the machine was busy passes alone.
        again = run.again(found)
        unsteady = [i for i in found if again.get(i, {}).get("outcome") == "passed"]
        ours.update({i: again[i] for i in unsteady})
    return stock, ours, unsteady


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="ci/suite",
        description="CPython's test_asyncio on an engine: asyncio's own loop against javaloop.",
    )
    parser.add_argument("modules", nargs="*", help=f"of: {' '.join(MODULES + INFORMATION)}")
    parser.add_argument(
        "--suite",
        metavar="DIR",
        help="the folder that holds test/test_asyncio (default: the one of CPython)",
    )
    parser.add_argument("--engine", choices=("graalpy", "cpython", "jep"), default="graalpy")
    parser.add_argument(
        "--python", default=sys.executable, help="the CPython of the engines cpython and jep"
    )
    parser.add_argument(
        "--all", action="store_true", help="more modules, and the stock loop also where it hangs"
    )
    parser.add_argument(
        "--ours", action="store_true", help="javaloop only: all but what the table names must pass"
    )
    parser.add_argument("--fresh", action="store_true", help="run the stock loop again as well")
    parser.add_argument("--limit", type=float, default=60, help="seconds for one test (60)")
    parser.add_argument("--restarts", type=int, default=20, help="after hangs and crashes (20)")
    parser.add_argument("--jobs", type=int, default=1, help="modules at the same time (1)")
    parser.add_argument("--launcher", type=Path, default=ROOT / "javaloop", help="./javaloop")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, end_children)
    signal.signal(signal.SIGINT, end_children)
    choose_engine(options)
    asked = options.modules or all_modules(options)
    modules = [module.removeprefix("test_") for module in asked]
    table = Table(options.table)

    folder = options.suite / "test" / "test_asyncio"
    absent = [module for module in modules if not (folder / f"test_{module}.py").exists()]
    modules = [module for module in modules if module not in absent]
    for module in absent:
        print(f"{module}: not in this suite")

    print(f"                      |  {options.title:<25}|  javaloop")
    print("test_                 |   run  pass  fail  skip   |   run  pass  fail  skip  our loop")
    problems: list[str] = []
    notes: list[str] = []
    total: collections.Counter[str] = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        compared = pool.map(lambda module: compare(options, module, table), modules)
        for module, (stock, ours, unsteady) in zip(modules, compared, strict=True):
            row = [f"{module:<22}|"]
            for loop, results in (("stock", stock), ("javaloop", ours)):
                run = len(results) - count(results, "skipped")
                failed = count(results, "failed", "hung", "crashed")
                figures = run, count(results, "passed"), failed, count(results, "skipped")
                names = ("run", "passed", "failed", "skipped")
                for name, figure in zip(names, figures, strict=True):
                    total[f"{loop} {name}"] += figure
                row.append("".join(f"{figure:>6}" for figure in figures) if results else " " * 24)
                row.append("  |" if loop == "stock" else "")
            used = sum(bool(record["passes"]) for record in ours.values())
            total["used"] += used
            print("".join(row) + f"{used:>8}", flush=True)
            judge(module, stock, ours, unsteady, table, problems, notes)
    loops = "    |".join(
        "".join(f"{total[f'{loop} {name}']:>6}" for name in ("run", "passed", "failed", "skipped"))
        for loop in LOOPS
    )
    print(f"{'all':<22}|{loops}{total['used']:>8}")
    for note in notes:
        print(note)
    for problem in problems:
        print(problem)
    print(
        f"{total['used']} tests used javaloop's loop; {len(problems)} differ without being expected"
    )
    sys.exit(1 if problems else 0)


def judge(
    module: str,
    stock: Results,
    ours: Results,
    unsteady: list[str],
    table: Table,
    problems: list[str],
    notes: list[str],
) -> None:
    """Adds what fails the run to ``problems``, what a reader wants to know to ``notes``."""
    expected = table.expected(stock)
    for test_id in worse(stock, ours):
        if test_id in expected:
            notes.append(f"EXPECTED   {test_id}: {expected[test_id]}")
        else:
            problems.append(f"WORSE      {test_id}: {short(ours.get(test_id))}")
    problems.extend(
        f"UNEXPECTED {test_id}: it passes; take it out of the table"
        for test_id in table.to_take_out(ours, f"test.test_asyncio.test_{module}.")
    )
    notes.extend(f"UNSTEADY   {test_id}: passed when run again" for test_id in unsteady)
    notes.extend(
        f"{record['outcome'].upper():<10} {test_id} on {loop}: {short(record)}"
        for loop, results in (("stock", stock), ("javaloop", ours))
        for test_id, record in results.items()
        if record["outcome"] in ("hung", "crashed")
    )


if __name__ == "__main__":
    main()
