"""What cannot start says why in one line; what runs out of descriptors says so as an OSError."""

from __future__ import annotations

import itertools
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from engine_process import RUNTIME, Ended, Engine


def check_refusal(ended: Ended, *words: str) -> None:
    """One line on stderr with these words, and exit status 1."""
    assert (ended.status, ended.out) == (1, ""), ended
    assert ended.err.endswith("\n")
    assert ended.err.count("\n") == 1, ended
    for word in words:
        assert word in ended.err, ended


# What the launcher runs; a late program has the same text in an ImportError.
PROGRAM = (
    "import sys; sys.path.append(sys.argv[1]);{fake};"
    " from javaloop._engines.cpython.program import main; main()"
)

FAKES = {
    "another implementation": ("sys.implementation.name = 'pypy'", "pypy"),
    "an old version": ("sys.version_info = (3, 9, 18, 'final', 0)", "CPython 3.10 to 3.14"),
    "a future version": ("sys.version_info = (3, 99, 0, 'final', 0)", "CPython 3.10 to 3.14"),
    "free-threaded": ("sys._is_gil_enabled = lambda: False", "free-threaded"),
    "free-threaded with the GIL": ("sys.abiflags = 't'", "free-threaded"),
    "another system": ("sys.platform = 'darwin'", "Linux is supported"),
    "no _ctypes": ("sys.modules['_ctypes'] = None", "_ctypes"),
}


@pytest.mark.parametrize("fake", FAKES)
def test_pythons(plain: Engine, fake: str) -> None:
    code, words = FAKES[fake]
    program = PROGRAM.format(fake=code)
    ended = plain.run_words("-c", program, RUNTIME / "python", "command", "print(1)", "")
    check_refusal(ended, "javaloop: ", words)


@pytest.mark.parametrize("fake", FAKES)
def test_pythons_late(plain: Engine, fake: str) -> None:
    ended = plain.run_words(
        "-c",
        f"import sys; {FAKES[fake][0]}\nimport javaloop\ntry: javaloop.run\nexcept ImportError as e: print(e)",
    )
    assert (ended.status, ended.err, ended.out.count("\n")) == (0, "", 1), ended
    assert FAKES[fake][1] in ended.out


@pytest.fixture
def copy(plain: Engine) -> Path:
    """A runtime with files of its own that a test may damage."""
    runtime = plain.folder / "runtime"
    runtime.mkdir()
    shutil.copytree(
        RUNTIME / "python", runtime / "python", ignore=shutil.ignore_patterns("__pycache__")
    )
    (runtime / "modules").mkdir()
    for jar in (RUNTIME / "modules").glob("java*loop-*.jar"):
        shutil.copy(jar, runtime / "modules")
    shutil.copy(RUNTIME / "stamp", runtime / "stamp")
    return runtime


def boot(engine: Engine, runtime: Path, env: dict[str, str] | None = None) -> Ended:
    program = PROGRAM.format(fake="pass")
    code = "import asyncio; asyncio.run(asyncio.sleep(0)); print(1)"
    environment = {"PYTHONPATH": "", "JAVA_HOME": "", **(env or {})}
    words = "-c", program, runtime / "python", "command", code, ""
    return engine.run_words(*words, env=environment)


def test_whole_copy(plain: Engine, copy: Path) -> None:
    assert boot(plain, copy) == Ended("1\n", "", 0)


@pytest.mark.parametrize("which", ["java-loop", "javaloop"])
@pytest.mark.parametrize("damage", ["cut", "empty", "zeros", "missing", "no zip"])
def test_damaged_jars(plain: Engine, copy: Path, which: str, damage: str) -> None:
    (jar,) = (copy / "modules").glob(f"{which}-*.jar")
    data = jar.read_bytes()
    damaged = {
        "cut": data[: len(data) // 2],
        "empty": b"",
        "zeros": bytes(len(data)),
        "no zip": b"text" * 1000,
    }
    jar.unlink() if damage == "missing" else jar.write_bytes(damaged[damage])
    check_refusal(boot(plain, copy), "javaloop: ", "jars")


def test_no_jvm(plain: Engine, copy: Path) -> None:
    (copy / "stamp").write_text("/nowhere\n")
    check_refusal(boot(plain, copy), "no JDK 25 was found", "JAVA_HOME")


@pytest.mark.parametrize("damage", ["text", "empty", "a folder"])
def test_damaged_libjvm(plain: Engine, copy: Path, damage: str) -> None:
    home = plain.folder / "jdk"
    library = home / "lib" / "server" / "libjvm.so"
    library.parent.mkdir(parents=True)
    if damage == "a folder":
        library.mkdir()
    else:
        library.write_text("text" if damage == "text" else "")
    (copy / "stamp").write_text(f"{home}\n")
    check_refusal(boot(plain, copy), "javaloop: ", "could not be loaded")


def test_an_older_jvm(plain: Engine, copy: Path) -> None:
    older = sorted(Path("/usr/lib/jvm").glob("*17*/lib/server/libjvm.so")) + sorted(
        Path("/usr/lib/jvm").glob("*21*/lib/server/libjvm.so")
    )
    if not older:
        pytest.skip("the machine has no older JDK")
    (copy / "stamp").write_text(f"{older[0].parent.parent.parent}\n")
    check_refusal(boot(plain, copy), "javaloop: ", "JDK 25")


def test_options_of_the_jvm_that_are_wrong(plain: Engine, copy: Path) -> None:
    ended = boot(plain, copy, {"JAVA_TOOL_OPTIONS": "-XX:NoSuchOption"})
    assert ended.status == 1
    assert "Traceback" not in ended.err
    assert ended.err.splitlines()[-1].startswith("javaloop: the JVM in ")


def test_launcher_without_a_python(launched: Engine) -> None:
    launched.python = "/nowhere/python3"
    check_refusal(launched.run_words("-c", "1"), "javaloop: no Python interpreter")


def test_launcher_with_another_program(launched: Engine) -> None:
    other = launched.folder / "python"
    other.write_text("#!/bin/sh\nexit 3\n")
    other.chmod(other.stat().st_mode | stat.S_IXUSR)
    launched.python = str(other)
    check_refusal(launched.run_words("-c", "1"), "javaloop: ", "is no CPython 3.10 to 3.14")


def test_loops_without_descriptors(engine: Engine) -> None:
    engine.check(
        """
import asyncio, errno, gc, os, resource
asyncio.run(asyncio.sleep(0))
loops = []
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
held = []
try:
    while True: held.append(os.open("/dev/null", os.O_RDONLY))
except OSError: pass
for _ in range(8):
    # From one that lacks the first descriptor to one that lacks the last.
    for _ in range(3):
        try: asyncio.new_event_loop().close()
        except OSError as error:
            assert (error.errno, error.strerror) == (errno.EMFILE, os.strerror(errno.EMFILE)), error
            del error
    gc.collect()
    os.close(held.pop())
for _ in range(3): asyncio.new_event_loop().close()
asyncio.run(asyncio.sleep(0.01))
before = len(os.listdir("/proc/self/fd"))
for _ in range(3): asyncio.new_event_loop().close()
gc.collect()
assert len(os.listdir("/proc/self/fd")) == before
print("ok")
"""
    )


CLOSED = [each for count in (1, 2, 3) for each in itertools.combinations(range(3), count)]


@pytest.mark.parametrize("closed", CLOSED, ids=str)
def test_closed_standard_streams(engine: Engine, closed: tuple[int, ...]) -> None:
    report = engine.folder / "report"
    path = engine.write(
        f"""
import asyncio, os, socket, subprocess, sys
async def main():
    left, right = socket.socketpair()
    got = []
    async def serve(reader, writer):
        got.append(writer.get_extra_info("socket").fileno())
        print("printed")
        print("printed", file=sys.stderr)
        writer.write(b"whole")
        writer.close()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    data = await reader.read()
    got += [writer.get_extra_info("socket").fileno(), left.fileno(), right.fileno()]
    writer.close()
    server.close()
    left.close()
    right.close()
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import sys; sys.exit(3)", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    out, _ = await child.communicate()
    return data, min(got), child.returncode, out
result = asyncio.run(main())
with open({str(report)!r}, "w") as file:
    streams = [name for name in ("stdin", "stdout", "stderr") if getattr(sys, name) is None]
    places = [os.readlink(f"/proc/self/fd/{{n}}") for n in range(3)]
    file.write(repr((result[0], result[1] > 2, *result[2:], streams, places)))
"""
    )
    redirects = " ".join(f"{number}{'<' if number == 0 else '>'}&-" for number in closed)
    names = ["stdin", "stdout", "stderr"]
    ended = _shell(engine, f'exec "$@" {redirects}', path)
    assert ended.status == 0, ended
    data, above, status, out, streams, places = eval(report.read_text())
    assert (data, above, status, out) == (b"whole", True, 3, b"")
    assert streams == [names[number] for number in closed]
    assert all(places[number] == "/dev/null" for number in closed), places


def _shell(engine: Engine, line: str, path: Path) -> Ended:
    done = subprocess.run(
        ["sh", "-c", line, "sh", *engine.command(path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=engine.folder,
        env=engine.environment(),
        timeout=60,
    )
    engine.check_error_files()
    return Ended(done.stdout, done.stderr, done.returncode)
