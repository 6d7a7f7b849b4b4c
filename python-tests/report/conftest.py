"""A report of notes that are written here, and a browser that shows it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from reader import Reader
from selenium.webdriver import Chrome, ChromeOptions, ChromeService

ROOT = Path(__file__).resolve().parent.parent.parent
LONG = "x" * 300

# Each fence with the verdicts that it has in the two columns: CPython in the JVM, and that with what asyncio lost.
NOTES = {
    "plain": [
        ("python", "print('<b>the same</b> & more')", "same", "same"),
        (
            "python",
            "import asyncio\n"
            "print('the same before')\n"
            "loop = asyncio.new_event_loop()\n"
            "print('made by', type(loop).__module__, 'here')\n"
            "loop.close()\n"
            f"print('{LONG}', loop.__module__)",
            "differs",
            "differs",
        ),
        ("python", "raise ValueError('of the note')", "same-failure", "same-failure"),
        ("bash", "echo a needle in the haystack", "not-python", "not-python"),
        ("python", "import asyncio\nprint(asyncio.coroutine.__name__)", "same-failure", "same"),
        ("python", "import no_such_module", "skipped", "skipped"),
    ],
    f"a note of 100% and {LONG[:60]}": [
        ("python", f"import time\ntime.sleep(0.3)\nprint('{LONG}')", "same", "same"),
        (
            "python",
            "import sys, asyncio\nsys.exit(len(asyncio.Runner.__mro__) - 2)",
            "same",
            "same",
        ),
        (
            "python",
            "import asyncio\nloop = asyncio.new_event_loop()\nloop.close()\nprint(loop.__module__)",
            "differs",
            "differs",
        ),
    ],
    "talk": [("text", f"prose {i}", "not-python", "not-python") for i in range(40)],
}


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page."""
    notes = tmp_path_factory.mktemp("notes")
    for stem, fences in NOTES.items():
        text = "\n".join(f"```{label}\n{code}\n```\n" for label, code, *_ in fences)
        (notes / f"{stem}.md").write_text(text, encoding="utf-8")
    folder = tmp_path_factory.mktemp("report")
    words = ["--engine", "cpython", "--legacy", "--servers", "none", "--report", str(folder)]
    ended = subprocess.run(
        [str(ROOT / "javaloop"), "conformance", str(notes), *words],
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert ended.returncode == 1, ended.stdout + ended.stderr
    return folder / "index.html"


@pytest.fixture(scope="session")
def verdicts() -> dict[str, list[str]]:
    """What each case has in each column."""
    return {
        f"{stem}#{number}": [*each]
        for stem, fences in sorted(NOTES.items())
        for number, (_, _, *each) in enumerate(fences, 1)
    }


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for word in (
        "--headless",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP * 127.0.0.1:1",
        f"--user-data-dir={tmp_path_factory.mktemp('profile')}",
    ):
        options.add_argument(word)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    made = Chrome(options, ChromeService(shutil.which("chromedriver")))
    yield made
    made.quit()


@pytest.fixture
def opened(browser: Chrome, report: Path) -> Iterator[Callable[[int], Reader]]:
    """Opens the page in a window so wide; that stood alone and did not complain, as is checked at the end."""

    def show(width: int, height: int = 800) -> Reader:
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 640},
        )
        browser.get("about:blank")
        browser.get(report.as_uri())
        return Reader(browser)

    for kind in ("browser", "performance"):
        browser.get_log(kind)
    yield show
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert browser.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    }
    assert asked == {report.as_uri()}


@pytest.fixture
def page(opened: Callable[[int], Reader]) -> Reader:
    return opened(1280)
