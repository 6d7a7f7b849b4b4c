"""Choosing an engine and an interpreter, and what is said where that fails."""

import os
import stat
import subprocess
import sys

import pytest
from processes import ENGINE, JAVALOOP, ROOT, run_python

# Each test names its engine, so one run is enough.
pytestmark = pytest.mark.skipif(ENGINE != "graalpy", reason="runs with the other engine's tests")

WHERE = (
    "import sys; print(sys.implementation.name, sys.executable, sys.argv[1:], sys.flags.dev_mode)"
)


@pytest.mark.parametrize(
    "words",
    [
        ["--engine", "jep", "--python", "PYTHON"],
        ["--python=PYTHON", "--engine=jep"],
        ["-X", "dev", "--engine", "jep", "-W", "ignore", "--python", "PYTHON"],
    ],
)
def test_options_in_any_order(words, tmp_path):
    words = [word.replace("PYTHON", sys.executable) for word in words]
    ended = run_python(JAVALOOP, *words, "-c", WHERE, "--engine", "mine", cwd=tmp_path)
    mine = ["--engine", "mine"]
    assert ended.out == f"cpython {sys.executable} {mine} {'dev' in words}\n", ended.err


def test_an_environment_is_named_by_its_folder(tmp_path):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    code = "import sys; print(sys.prefix)"
    for words in (["--python", "env"], ["--python", tmp_path / "env"]):
        ended = run_python(JAVALOOP, "--engine", "jep", *words, "-c", code, cwd=tmp_path)
        assert ended.out == f"{tmp_path / 'env'}\n", ended.err
    path = f"{tmp_path / 'env' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    ended = run_python(JAVALOOP, "--engine", "jep", "-c", code, cwd=tmp_path, env={"PATH": path})
    assert ended.out == f"{tmp_path / 'env'}\n", ended.err


def one_line(ended, *parts):
    assert ended.out == ""
    assert len(ended.err.splitlines()) == 1, ended.err
    assert ended.err.startswith("javaloop: ")
    for part in parts:
        assert part in ended.err


def test_what_is_no_interpreter(tmp_path):
    ended = run_python(JAVALOOP, "--engine", "jep", "--python", "none", "x.py", cwd=tmp_path)
    one_line(ended, "'none'", "--python names one")
    assert ended.status == 1
    ended = run_python(JAVALOOP, "--engine", "jep", "--python", tmp_path, "x.py", cwd=tmp_path)
    one_line(ended, str(tmp_path), "--python names one")
    # Nor does what takes other options become the launcher's own words: a Python 2 is one of these.
    ended = run_python(JAVALOOP, "--engine", "jep", "--python", "/bin/ls", "x.py", cwd=tmp_path)
    one_line(ended, "'/bin/ls' is no CPython 3.10 to 3.14")
    assert ended.status == 1


def test_an_engine_that_there_is_not(tmp_path):
    ended = run_python(JAVALOOP, "--engine", "odd", "x.py", cwd=tmp_path)
    one_line(ended, "graalpy or cpython or jep", "'odd'")
    assert ended.status == 2


def site(tmp_path, path):
    """Asks for JEP with an empty cache and this PATH."""
    jdk = (ROOT / "bridge/target/runtime/stamp").read_text().strip()
    launcher = ROOT / "bridge/src/main/launcher/jep.py"
    variables = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PATH": path}
    return run_python(sys.executable, "-I", "-S", launcher, "--site", jdk, env=variables)


def test_no_compiler(tmp_path):
    ended = site(tmp_path, "")
    one_line(ended, "the compiler", "Debian: gcc")
    assert ended.status == 1


def test_a_compiler_that_fails(tmp_path):
    """The next start tries again."""
    for name in ("gcc", "cc"):
        compiler = tmp_path / "bin" / name
        compiler.parent.mkdir(exist_ok=True)
        compiler.write_text("#!/bin/sh\necho 'error: no room' >&2\nexit 1\n")
        compiler.chmod(compiler.stat().st_mode | stat.S_IXUSR)
    path = f"{tmp_path / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin"
    ended = site(tmp_path, path)
    assert ended.status == 1
    said = ended.err.splitlines()
    assert said[0].startswith("javaloop: compiling JEP")
    assert len(said) == 2, ended.err
    assert "could not be built" in said[1]
    assert str(tmp_path / "cache") in said[1]
    assert not list((tmp_path / "cache/javaloop").glob("*/*/jep"))
