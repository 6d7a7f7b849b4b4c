"""What the launcher does for the conformance suite; the suite's own tests are Java's."""

import json
import sys

import pytest
from processes import ENGINE, JAVALOOP, run_python

pytestmark = pytest.mark.skipif(ENGINE != "graalpy", reason="runs with the other engine's tests")


def test_examples_can_be_interrupted_also_where_the_suite_is_in_the_background(tmp_path):
    # A shell without job control starts what it puts into the background with SIGINT ignored.
    note = tmp_path / "note.md"
    code = "import signal\nprint(signal.getsignal(signal.SIGINT).__name__)"
    note.write_text(f"```python\n{code}\n```\n")
    command = ["env", "--ignore-signal=INT", str(JAVALOOP), "conformance"]
    ended = run_python(
        [
            *command,
            "--engine",
            "cpython",
            "--reference",
            sys.executable,
            "--report",
            "report",
            "note.md",
        ],
        cwd=tmp_path,
    )
    assert ended.status == 0, ended.err
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    result = report["cases"][0]["results"][0]
    runs = result["reference"] + result["bridge"]
    assert {run["stdout"] for run in runs} == {"default_int_handler\n"}
