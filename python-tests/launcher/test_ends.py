"""How programs end: exit statuses, tracebacks, atexit functions, threads, signals."""

import signal
import subprocess
import sys

import pytest
from processes import COMMAND, ENGINE, environment, run_python


@pytest.mark.parametrize(
    "code",
    [
        *("3", "130", "None", "'a text'", "-1", "2**40 + 5", "('a', 1)", "True"),
        pytest.param(
            "2**100",
            marks=pytest.mark.skipif(
                sys.version_info[:2] == (3, 13), reason="3.13 blames the threads' end for it"
            ),
        ),
    ],
)
def test_system_exit(same, code):
    same("-c", f"import sys; print('out'); sys.exit({code})")


def test_system_exit_in_a_task(same):
    ended = same(
        "-c",
        "import asyncio, sys\n"
        "async def main():\n"
        "    try: sys.exit(7)\n"
        "    finally: print('finally')\n"
        "asyncio.run(main())",
    )
    assert ended.status == 7


def test_uncaught_exceptions(same, script):
    ended = same(
        script("""\
def inner(x):
    return 1 / x

def outer():
    try:
        inner(0)
    except ZeroDivisionError as error:
        raise ValueError("from") from error

def main():
    try:
        outer()
    except ValueError:
        {}["key"]

print("before")
main()
""")
    )
    assert ended.status == 1
    assert ended.out == "before\n"


def test_an_uncaught_exception_of_a_task(same, script):
    ended = same(
        script("""\
import asyncio

class Mine(Exception):
    pass

async def work():
    await asyncio.sleep(0)
    raise Mine("several\\nlines")

async def main():
    await asyncio.gather(work())

asyncio.run(main())
""")
    )
    assert ended.status == 1


def test_an_uncaught_exception_of_a_future_awaited_by_an_awaited(same, script):
    same(
        script("""\
import asyncio

def fail():
    raise ValueError("in a thread")

async def inner():
    await asyncio.get_running_loop().run_in_executor(None, fail)

async def middle():
    await inner()

async def main():
    await middle()

asyncio.run(main())
""")
    )


def test_an_uncaught_exception_group(same, script):
    same(
        script("""\
def fail(kind):
    raise kind("one of them")

errors = []
for kind in (ValueError, TypeError):
    try:
        fail(kind)
    except Exception as error:
        error.add_note("a note")
        errors.append(error)
raise ExceptionGroup("several", errors)
""")
    )


def test_a_syntax_error(same, script):
    ended = same(script("x = 1\nprint('unreached'\nif x:\n", "broken.py"))
    assert ended.status == 1
    assert ended.out == ""


def test_an_exception_of_a_command(same):
    same("-c", "def f():\n    raise KeyError('k')\nf()")


def test_an_exception_of_standard_input(same):
    same(stdin="def f():\n    raise KeyError('k')\nf()\n")


def test_an_exception_of_a_module(both, script):
    script("def f():\n    raise KeyError('k')\nf()\n", "failing.py")
    cpython, ours = both("-m", "failing")
    assert ours.err.splitlines()[-1] == cpython.err.splitlines()[-1]
    assert "javaloop/" not in ours.err


def test_the_programs_own_hook(same):
    same(
        "-c",
        "import sys\n"
        "sys.excepthook = lambda kind, value, tb: print('hook', kind.__name__, value)\n"
        "1 / 0",
    )


def test_the_end_in_order(same):
    same(
        "-c",
        """\
import atexit, sys, threading
atexit.register(print, "atexit 1")
atexit.register(print, "atexit 2")
go = threading.Event()

def late():
    go.wait()
    print("thread ended")

threading.Thread(target=late).start()
threading.Thread(target=threading.Event().wait, daemon=True).start()
threading.Timer(0.01, go.set).start()
print("main ended")
sys.exit(4)
""",
    )


def test_atexit_after_an_error(same):
    same("-c", "import atexit\natexit.register(print, 'atexit')\n1 / 0")


def test_an_error_in_atexit_and_in_a_thread(both):
    cpython, ours = both(
        "-c",
        "import atexit, threading\n"
        "atexit.register(print, 'still run')\n"
        "atexit.register(lambda: 1 / 0)\n"
        "t = threading.Thread(target=lambda: {}['k'], name='worker'); t.start(); t.join()\n",
    )
    assert ours.out == cpython.out == "still run\n"
    for text in ("Exception in thread worker", "KeyError: 'k'", "ZeroDivisionError"):
        assert text in cpython.err
        assert text in ours.err


READY = "print('ready', flush=True)\n"
SLEEPS = {
    "asyncio.run": """\
import asyncio
async def main():
    try:
        print('ready', flush=True)
        await asyncio.sleep(3600)
    finally:
        print('finally', flush=True)
asyncio.run(main())
""",
    "time.sleep": "import time\ntry:\n    "
    + READY
    + "    time.sleep(3600)\nfinally:\n    print('finally')\n",
    "Event.wait": "import threading\ntry:\n    "
    + READY
    + "    threading.Event().wait()\nfinally:\n    print('finally')\n",
}


@pytest.mark.parametrize("how", SLEEPS)
def test_interrupt(start, how):
    child = start("-c", "import atexit\natexit.register(print, 'atexit')\n" + SLEEPS[how])
    assert child.stdout.readline() == "ready\n"
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert out == "finally\natexit\n"
    assert err.splitlines()[-1] == "KeyboardInterrupt"
    # CPython dies of the signal, which a shell shows as 130.
    assert child.returncode in (130, -signal.SIGINT)


def test_interrupt_that_the_program_catches(start):
    child = start(
        "-c",
        "import time\ntry:\n    "
        + READY
        + "    time.sleep(3600)\nexcept KeyboardInterrupt:\n    print('caught')\n",
    )
    assert child.stdout.readline() == "ready\n"
    child.send_signal(signal.SIGINT)
    assert child.communicate(timeout=60) == ("caught\n", "")
    assert child.returncode == 0


@pytest.mark.skipif(
    sys.version_info < (3, 11), reason="3.10 raises wherever the task is, stubborn or not"
)
def test_two_interrupts_end_a_stubborn_program(start):
    child = start(
        "-c",
        """\
import asyncio
async def main():
    try:
        print("ready", flush=True)
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        print("ready", flush=True)
        await asyncio.sleep(3600)
asyncio.run(main())
""",
    )
    for _ in range(2):
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGINT)
    child.communicate(timeout=60)
    assert child.returncode in (130, -signal.SIGINT)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_a_python(start, number):
    child = start("-c", "import asyncio\n" + READY + "asyncio.run(asyncio.sleep(3600))")
    assert child.stdout.readline() == "ready\n"
    child.send_signal(number)
    child.communicate(timeout=60)
    assert child.returncode == -number


def test_a_terminate_that_the_program_handles(start):
    child = start(
        "-c",
        """\
import asyncio, signal
async def main():
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    print("ready", flush=True)
    await stopped.wait()
    print("stopped")
asyncio.run(main())
""",
    )
    assert child.stdout.readline() == "ready\n"
    child.send_signal(signal.SIGTERM)
    assert child.communicate(timeout=60) == ("stopped\n", "")
    assert child.returncode == 0


@pytest.mark.xfail(ENGINE == "graalpy", reason="GraalPy runs no finalizers")
def test_finalizers(same, script):
    same(
        script("""\
import asyncio

class Late:
    def __del__(self):
        print("deleted", os is None)

import os
late = Late()
_early = Late()

async def never():
    pass

async def main():
    asyncio.get_running_loop().call_soon(never)
    await asyncio.sleep(0)

waiting = never()
asyncio.run(main())
""")
    )


@pytest.mark.xfail(ENGINE == "graalpy", reason="GraalPy runs no finalizers")
def test_finalizers_of_what_a_traceback_holds(same, script):
    same(script("def fail(coro): 1 / 0\n\nasync def never(): pass\n\nfail(never())\n"))


def test_a_broken_pipe(tmp_path):
    child = subprocess.Popen(
        [*COMMAND, "-c", "import sys\nfor i in range(100000): print(i)\n"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environment(),
    )
    assert child.stdout.readline() == b"0\n"
    child.stdout.close()
    err = child.stderr.read().decode()
    assert child.wait(60) in (1, 120)
    assert "BrokenPipeError" in err
    child.stderr.close()


def test_unbuffered(start):
    child = start("-u", "-c", "import sys\nprint('now', end=' ')\nsys.stdin.readline()")
    assert child.stdout.read(3) == "now"
    child.communicate("\n", timeout=60)
    assert child.returncode == 0


@pytest.mark.parametrize("name", ["SIGINT", "SIGHUP", "SIGTERM"])
def test_a_signal_that_is_ignored_from_the_start(name, script, tmp_path):
    program = script(f"""\
import asyncio, os, signal, subprocess, sys
number = signal.{name}
print(signal.getsignal(number))
os.kill(os.getpid(), number)
child = "import signal; print(signal.getsignal(signal.{name}))"
print(subprocess.run([{sys.executable!r}, "-c", child], capture_output=True, text=True).stdout)
async def main():
    came = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(number, came.set)
    os.kill(os.getpid(), number)
    await came.wait()
asyncio.run(main())
came = []
signal.signal(number, lambda *_: came.append(1))
os.kill(os.getpid(), number)
while not came: pass
signal.signal(number, signal.SIG_DFL)
print("it comes", flush=True)
os.kill(os.getpid(), number)
while True: pass
""")
    ignoring = ["env", f"--ignore-signal={name[3:]}"]
    ended = [
        run_python([*ignoring, *python], program, cwd=tmp_path)
        for python in ([sys.executable], COMMAND)
    ]
    assert ended[0] == ended[1]
    assert ended[0].out.endswith("it comes\n")
    assert ended[0].status == -getattr(signal, name)
