"""The legacy layer gives programs what asyncio had in Python 3.9: on CPython alone, and by --legacy."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers import IN_JVM, PYTHON

_HERE = Path(__file__).resolve().parent
_PROGRAM = _HERE / "legacy" / "program.py"
_INSTALL = """
import sys, runpy
sys.path.insert(0, {sources!r})
import javaloop_legacy
javaloop_legacy.install()
{more}
del sys.path[0]
runpy.run_path({program!r}, run_name="__main__")
"""


def run(program, more=""):
    sources = str(_HERE.parent / "bridge" / "src" / "main" / "python")
    code = _INSTALL.format(sources=sources, program=str(program), more=more)
    words = ["--legacy", str(program)] if IN_JVM else ["-c", code]
    return subprocess.run([*PYTHON, *words], capture_output=True, text=True, timeout=300)


def test_a_program_of_python_3_9():
    ended = run(_PROGRAM)
    assert (ended.stderr, ended.returncode) == ("", 0)
    checks = re.findall(r"^    (\w+),$", _PROGRAM.read_text(), re.MULTILINE)
    assert ended.stdout.split() == checks


@pytest.mark.skipif(sys.version_info < (3, 11), reason="3.10 has the decorator")
def test_off_by_default():
    ended = subprocess.run(
        [*PYTHON, "-c", "import asyncio; asyncio.coroutine"], capture_output=True, text=True
    )
    assert "has no attribute 'coroutine'" in ended.stderr


@pytest.mark.skipif(IN_JVM, reason="javaloop installs it before the program")
def test_installed_after_asyncio_and_twice(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import asyncio\n"
        "print(asyncio.iscoroutinefunction(asyncio.coroutine(lambda: 1)), 'javaloop' in sys.modules)\n"
        "print(asyncio.wait.__wrapped__.__module__, hasattr(asyncio.wait.__wrapped__, '__wrapped__'))\n".replace(
            "sys.", "__import__('sys')."
        )
    )
    ended = run(
        program, more="import asyncio; javaloop_legacy.install(); javaloop_legacy.install()"
    )
    assert ended.stdout == "True False\nasyncio.tasks False\n", ended.stderr


def test_asyncio_is_imported_by_the_program_alone(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("import sys; print('asyncio' in sys.modules)\n")
    assert run(program).stdout == "False\n"
