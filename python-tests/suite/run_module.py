"""Runs one module of CPython's test_asyncio in this process and writes what each test did.

    python run_module.py --suite DIR --out FILE [--limit SECONDS] [--only FILE] [--hanging FILE]
        MODULE

FILE gets one JSON object a line: ``{"begin": id}`` before each test and ``{"id", "outcome",
"detail", "seconds", "passes"}`` after it; ``passes`` counts the passes that javaloop's loops ran
meanwhile. Tests that FILE already names are not run again, so a process that hung or crashed in a
test is followed by one that runs the rest.

Two things are done to the suite, in every run alike:

* garbage collections take more than a second on GraalPy and the suite asks for one in almost each
  test, so outside tests about garbage (``ABOUT_GARBAGE``) they do nothing;
* where tasks have no C implementation, the suite's ``CTask`` classes test the loop's own task class
  (javaloop's, or Python's again) instead of being skipped.
"""

from __future__ import annotations

import argparse
import faulthandler
import gc
import importlib
import json
import os
import sys
import threading
import time
import traceback
import types
import unittest
from typing import Any, TextIO

ABOUT_GARBAGE = ("gc", "cycl", "leak", "garbage", "weak", "del", "ref", "never", "destroyed")
HUNG = 75


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--suite", required=True, help="the folder that holds test/test_asyncio")
    parser.add_argument("--out", required=True)
    parser.add_argument("--limit", type=float, default=60, help="seconds for one test")
    parser.add_argument("--only", help="a file with the ids to run, one a line")
    parser.add_argument("--hanging", help="a file with ids that get 10 seconds only")
    parser.add_argument("module")
    options = parser.parse_args()
    done = already_done(options.out)
    only = words(options.only) if options.only else None
    hanging = words(options.hanging) if options.hanging else set()

    make_test_package(options.suite)
    give_ctask()
    module = importlib.import_module(f"test.test_asyncio.{options.module}")
    suite = unittest.TestSuite()
    for group in unittest.defaultTestLoader.loadTestsFromModule(module):
        kept = [test for test in group if wanted(test.id(), done, only)]  # type: ignore[union-attr]
        suite.addTest(unittest.TestSuite(kept))
    with open(options.out, "a", encoding="utf-8") as out:
        result = Result(out, options.limit, hanging)
        stub_collections(result)
        suite.run(result)
        result.write({"end": True})
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # what tests left behind (threads, child processes) must not keep us


def words(path: str) -> set[str]:
    with open(path, encoding="utf-8") as lines:
        return set(lines.read().split())


def already_done(path: str) -> set[str]:
    try:
        with open(path, encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
    except FileNotFoundError:
        return set()
    return {record["id"] for record in records if "id" in record}


def wanted(test_id: str, done: set[str], only: set[str] | None) -> bool:
    return test_id not in done and (only is None or test_id in only)


def make_test_package(suite: str) -> None:
    """``test`` from two places: the engine's own test.support, the given test_asyncio."""
    home = os.path.join(os.path.dirname(os.__file__), "test")
    package = types.ModuleType("test")
    package.__path__ = [os.path.join(suite, "test"), home]
    sys.modules["test"] = package
    if os.path.exists(os.path.join(home, "support", "__init__.py")):
        package.__path__ = [home]
        importlib.import_module("test.support")
        package.__path__ = [home, os.path.join(suite, "test")]


def give_ctask() -> None:
    import asyncio.tasks

    if hasattr(asyncio.tasks, "_CTask"):
        return
    loop = asyncio.new_event_loop()
    ours = type(loop).__module__ == "javaloop"
    loop.close()
    if ours:
        from javaloop._task import Task

        asyncio.tasks._CTask = Task  # type: ignore[attr-defined]
    else:
        asyncio.tasks._CTask = asyncio.tasks._PyTask  # type: ignore[attr-defined]


def stub_collections(result: Result) -> None:
    from test import support

    collect, gc_collect = gc.collect, support.gc_collect

    def about_garbage() -> bool:
        name = (result.running or "").rpartition(".")[2].lower()
        return any(word in name for word in ABOUT_GARBAGE)

    def collect_if_tested(*args: Any) -> int:
        return collect(*args) if about_garbage() else 0

    gc.collect = collect_if_tested
    support.gc_collect = lambda: gc_collect() if about_garbage() else None


def passes_of_javaloop() -> int | None:
    totals = getattr(sys.modules.get("javaloop._host"), "totals", None)
    counts = None if totals is None else totals()
    return None if counts is None else counts[0]


class Result(unittest.TestResult):
    """Writes each test's end, and ends the process when one takes too long."""

    def __init__(self, out: TextIO, limit: float, hanging: set[str]) -> None:
        super().__init__()
        self.running: str | None = None
        self._out = out
        self._usual_limit = limit
        self._limit = limit
        self._hanging = hanging
        self._began = 0.0
        self._passes: int | None = None
        self._outcome: tuple[str, str] | None = None
        self._lock = threading.Lock()
        self._changed = threading.Event()
        # The guard must count real seconds: tests patch time.
        self._clock = time.monotonic
        threading.Thread(target=self._guard, name="guard", daemon=True).start()

    def write(self, record: dict[str, Any]) -> None:
        self._out.write(json.dumps(record) + "\n")
        self._out.flush()

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self.write({"begin": test.id()})
        self._outcome = None
        self._passes = passes_of_javaloop()
        with self._lock:
            self._began = self._clock()
            self._limit = 10.0 if test.id() in self._hanging else self._usual_limit
            self.running = test.id()
        self._changed.set()

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        with self._lock:
            self.running = None
        seconds = self._clock() - self._began
        outcome, detail = self._outcome or ("passed", "")
        now = passes_of_javaloop()
        passes = None if now is None or self._passes is None else now - self._passes
        self.write(
            {
                "id": test.id(),
                "outcome": outcome,
                "detail": detail,
                "seconds": round(seconds, 3),
                "passes": passes,
            }
        )

    def _guard(self) -> None:
        while True:
            self._changed.wait()
            self._changed.clear()
            while True:
                with self._lock:
                    running, left = self.running, self._began + self._limit - self._clock()
                if running is None:
                    break
                if left <= 0:
                    self._hung(running)
                if self._changed.wait(left):
                    self._changed.clear()

    def _hung(self, test_id: str) -> None:
        frames = sys._current_frames()
        main = frames.get(threading.main_thread().ident or 0)
        detail = f"no end after {self._limit:g} s"
        if main is not None:
            detail += "\n" + "".join(traceback.format_stack(main)[-6:])
        self.write(
            {
                "id": test_id,
                "outcome": "hung",
                "detail": detail,
                "seconds": self._limit,
                "passes": None,
            }
        )
        os._exit(HUNG)

    def _note(self, outcome: str, detail: str) -> None:
        if self._outcome is None or self._outcome[0] in ("passed", "skipped"):
            self._outcome = outcome, detail

    def _failed(self, test: Any, error: Any) -> None:
        detail = self._exc_info_to_string(error, test)[-3000:]  # type: ignore[attr-defined]
        if self.running is None:
            # What a class or module does before or after its tests.
            self.write(
                {
                    "id": test.id(),
                    "outcome": "failed",
                    "detail": detail,
                    "seconds": 0,
                    "passes": None,
                }
            )
            return
        self._note("failed", detail)

    def addError(self, test: Any, err: Any) -> None:
        self._failed(test, err)

    def addFailure(self, test: Any, err: Any) -> None:
        self._failed(test, err)

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        if err is not None:
            self._failed(test, err)

    def addSkip(self, test: Any, reason: str) -> None:
        if self.running is None:
            self.write(
                {"id": test.id(), "outcome": "skipped", "detail": reason, "seconds": 0, "passes": 0}
            )
            return
        self._note("skipped", reason)

    def addUnexpectedSuccess(self, test: Any) -> None:
        self._note("failed", "unexpected success")


if __name__ == "__main__":
    faulthandler.enable()
    main()
