"""Signals belong to the program; the JVM keeps those that it works with in front of faulthandler."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest
from engine_process import Engine, wait_for_line

# A null check in compiled code is a SIGSEGV, a safepoint a read of a protected page. A heap this
# small has the collector stop all threads again and again.
BUSY = """
import asyncio, threading
async def main(count):
    loop = asyncio.get_running_loop()
    for number in range(count):
        if number % 100 == 0:
            await asyncio.sleep(0)
        loop.call_soon(int)
        loop.call_later(0, int)
def busy(count=20000):
    asyncio.run(main(count))
    thread = threading.Thread(target=lambda: asyncio.run(main(count)))
    thread.start()
    asyncio.run(main(count))
    thread.join()
"""
COLLECTS = {
    "JAVA_TOOL_OPTIONS": "-Xmn256k -Xmx40m -XX:+UnlockDiagnosticVMOptions -XX:GuaranteedSafepointInterval=1"
}

TOGGLES = {
    "enabled": "faulthandler.enable()",
    "enabled twice": "faulthandler.enable(); faulthandler.enable(all_threads=False)",
    "disabled": "faulthandler.disable()",
    "enabled and disabled": "faulthandler.enable(); faulthandler.disable()",
    "many times": "for _ in range(20): faulthandler.enable(); faulthandler.disable(); faulthandler.enable()",
    "to a file": "log = open('log', 'w'); faulthandler.enable(log); faulthandler.disable(); faulthandler.enable()",
}


def action_of(number: str = "SIGSEGV") -> str:
    """Code that reads the action of the process for a signal."""
    return f"""
import ctypes, signal
def action(number=signal.{number}):
    data = ctypes.create_string_buffer(256)
    ctypes.CDLL("libc.so.6").sigaction(int(number), None, data)
    return data.raw[:8], data.raw[136:140]  # the handler and the flags
"""


@pytest.mark.parametrize("toggle", TOGGLES)
@pytest.mark.parametrize("when", ["before", "after", "both"])
def test_faulthandler_and_boot(plain: Engine, toggle: str, when: str) -> None:
    before = TOGGLES[toggle] if when != "after" else "pass"
    after = TOGGLES[toggle] if when != "before" else "pass"
    ended = plain.run(
        f"""import faulthandler, sys
{before}
import javaloop
javaloop.install()
{BUSY}
{action_of()}
numbers = [signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL]
busy(5000)
actions = [action(number) for number in numbers]
{after}
assert [action(number) for number in numbers] == actions
busy()
print("enabled", faulthandler.is_enabled())
""",
        env=COLLECTS,
    )
    assert (ended.status, ended.out) == (
        0,
        f"enabled {'enabled and' not in toggle and 'disabled' not in toggle}\n",
    ), ended


@pytest.mark.parametrize("flags", [["-X", "faulthandler"], ["-X", "dev"]])
def test_flags(engine: Engine, flags: list[str]) -> None:
    ended = engine.run(
        BUSY + "import faulthandler\nbusy()\nprint('enabled', faulthandler.is_enabled())",
        flags=flags,
        env=COLLECTS,
    )
    assert (ended.status, ended.out) == (0, "enabled True\n"), ended


@pytest.mark.parametrize("late", [False, True])
def test_pytest(tmp_path: Path, late: bool) -> None:
    with Engine(sys.executable, tmp_path, late=late) as engine:
        test = engine.write(BUSY + "def test_busy():\n    busy()\n", "test_busy.py")
        ended = engine.run_words("-m", "pytest", "-q", "-p", "no:cacheprovider", test, env=COLLECTS)
        assert (ended.status, "1 passed" in ended.out) == (0, True), ended


@pytest.mark.parametrize(
    "enable", ["faulthandler.enable()", "faulthandler.disable(); faulthandler.enable()"]
)
@pytest.mark.parametrize("before", [True, False])
def test_crash_prints_pythons_traceback(plain: Engine, enable: str, before: bool) -> None:
    first, last = (enable, "") if before else ("", enable)
    child = plain.start(
        f"""
import ctypes, faulthandler
{first}
import javaloop
javaloop.install()
{last}
def crash():
    ctypes.string_at(8)
crash()
"""
    )
    _, err = child.communicate(timeout=100)
    assert child.returncode == -signal.SIGSEGV, err
    assert "Fatal Python error: Segmentation fault" in err
    assert "in crash" in err
    for file in plain.folder.glob("hs_err*"):
        file.unlink()


def test_crash_without_faulthandler(engine: Engine) -> None:
    child = engine.start("import ctypes\nctypes.string_at(8)")
    child.communicate(timeout=100)
    assert child.returncode in (
        -signal.SIGSEGV,
        -signal.SIGABRT,
    )  # the JVM's report ends with abort
    for file in engine.folder.glob("hs_err*"):
        file.unlink()


@pytest.mark.parametrize("name", ["SIGPIPE", "SIGXFSZ"])
@pytest.mark.parametrize("action", ["SIG_IGN", "SIG_DFL", "print"])
def test_boot_leaves_actions(plain: Engine, name: str, action: str) -> None:
    handler = action if action == "print" else f"signal.{action}"
    plain.check(
        f"""
import signal
signal.signal(signal.{name}, {handler})
{action_of(name)}
before = action()
import javaloop
assert action() == before
print("ok" if signal.getsignal(signal.{name}) == {handler} else "other")
"""
    )


BROKEN_PIPE = "import os\nr, w = os.pipe()\nos.close(r)\nos.write(w, b'x')\n"


def test_broken_pipe(engine: Engine) -> None:
    ended = engine.run(BROKEN_PIPE)
    assert ended.status == 1
    assert ended.err.endswith("BrokenPipeError: [Errno 32] Broken pipe\n")


def test_broken_pipe_by_default_action(engine: Engine) -> None:
    ended = engine.run(
        "import signal\nsignal.signal(signal.SIGPIPE, signal.SIG_DFL)\n" + BROKEN_PIPE
    )
    assert ended.status == -signal.SIGPIPE


WAITS = {
    "time.sleep": "time.sleep(3600)",
    "a loop": "asyncio.run(asyncio.sleep(3600))",
    "a loop without end": "asyncio.new_event_loop().run_forever()",
    "a thread's end": "t = threading.Thread(target=time.sleep, args=(3600,), daemon=True); t.start(); t.join()",
    "a chain of callbacks": (
        "loop = asyncio.new_event_loop(); f = lambda: loop.call_soon(f); f(); loop.run_forever()"
    ),
    "a chain of callbacks in C": """
loop = asyncio.new_event_loop()
chain = functools.partial(int)
chain.__setstate__((loop.call_soon, (chain,), {}, {}))
chain()
loop.run_forever()""",
    "select": "loop = asyncio.new_event_loop(); loop._selector.select(3600)",
}


@pytest.mark.parametrize("wait", WAITS)
def test_ctrl_c(engine: Engine, wait: str) -> None:
    child = engine.start(
        f"""
import asyncio, functools, threading, time, os, signal
asyncio.run(asyncio.sleep(0))
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
print("ready", flush=True)
try:
    {WAITS[wait].strip().replace(chr(10), chr(10) + "    ")}
except KeyboardInterrupt:
    print("interrupted", flush=True)
    os._exit(0)
"""
    )
    assert engine.end(child).out == "ready\ninterrupted\n"


@pytest.mark.parametrize("name", ["SIGUSR1", "SIGUSR2", "SIGQUIT", "SIGHUP", "SIGALRM", "SIGXCPU"])
def test_default_actions(engine: Engine, name: str) -> None:
    ended = engine.run(f"import os, signal\nos.kill(os.getpid(), signal.{name})")
    assert ended.status == -getattr(signal, name)


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL"])
def test_handlers_of_faults(plain: Engine, name: str) -> None:
    plain.check(
        f"""
import os, signal
{action_of(name)}
got = []
def handler(*_): got.append(1)
signal.signal(signal.{name}, handler)
import javaloop
javaloop.install()
{BUSY}
jvm = action()
def send(count):
    os.kill(os.getpid(), signal.{name})
    assert len(got) == count, (got, count)
    assert action() == jvm
    busy(2000)
send(1)
assert signal.getsignal(signal.{name}) is handler
assert signal.signal(signal.{name}, signal.SIG_DFL) is handler
assert action() == jvm
busy(2000)
assert signal.signal(signal.{name}, handler) == signal.SIG_DFL
send(2)
print("ok")
"""
    )


def test_sigterm_kills(engine: Engine) -> None:
    child = engine.start("import time\nprint('ready', flush=True)\ntime.sleep(3600)")
    wait_for_line(child, "ready")
    child.terminate()
    assert engine.end(child).status == -signal.SIGTERM


@pytest.mark.parametrize(
    "name",
    [
        "SIGUSR1",
        "SIGTERM",
        "SIGHUP",
        "SIGINT",
        "SIGCHLD",
        "SIGQUIT",
        "SIGXFSZ",
        "SIGPIPE",
        "SIGUSR2",
    ],
)
def test_handlers(engine: Engine, name: str) -> None:
    engine.check(
        f"""
import asyncio, os, signal, threading, time
number = signal.{name}
got = []
signal.signal(number, lambda *_: got.append("python"))
os.kill(os.getpid(), number)
assert got == ["python"], got
async def main():
    loop = asyncio.get_running_loop()
    come = asyncio.Event()
    loop.add_signal_handler(number, come.set)
    threading.Timer(0.1, os.kill, (os.getpid(), number)).start()
    await come.wait()
    # In time.sleep the main thread is interrupted, whoever else is there.
    loop.remove_signal_handler(number)
asyncio.run(main())
print("ok")
"""
    )


def test_handler_runs_while_the_loop_waits(engine: Engine) -> None:
    engine.check(
        """
import asyncio, os, signal, threading
loop = asyncio.new_event_loop()
def stop(*_):
    loop.stop()
    loop.call_soon(int)
signal.signal(signal.SIGUSR1, stop)
threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGUSR1)).start()
loop.call_later(3600, int)
loop.run_forever()
print("ok")
"""
    )


def test_handler_between_runs(engine: Engine) -> None:
    engine.check(
        """
import asyncio, os, signal
loop = asyncio.new_event_loop()
got = []
async def nothing(): pass
async def add(): loop.add_signal_handler(signal.SIGTERM, got.append, 1)
loop.run_until_complete(add())
for count in range(1, 4):
    os.kill(os.getpid(), signal.SIGTERM)
    loop.run_until_complete(asyncio.sleep(0.01))
    assert got == [1] * count, got
loop.close()
print("ok")
"""
    )


def test_signal_to_a_worker_thread(engine: Engine) -> None:
    engine.check(
        """
import asyncio, os, signal, threading, time
async def main():
    loop = asyncio.get_running_loop()
    come = asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, come.set)
    done = threading.Event()
    worker = threading.Thread(target=done.wait)
    worker.start()
    threading.Timer(0.1, lambda: signal.pthread_kill(worker.ident, signal.SIGUSR1)).start()
    await come.wait()
    done.set()
asyncio.run(main())
print("ok")
"""
    )


def test_process_signals_interrupt_the_main_thread(engine: Engine) -> None:
    # The kernel gives them to any thread that does not block them, so the JVM's block them.
    engine.check(
        """
import asyncio, os, signal, subprocess, sys, threading, time
class Come(Exception): pass
def come(*_): raise Come
signal.signal(signal.SIGUSR1, come)
asyncio.run(asyncio.sleep(0))
for _ in range(10):
    killer = subprocess.Popen(["sh", "-c", f"sleep 0.05; kill -USR1 {os.getpid()}"])
    try:
        time.sleep(3600)
    except Come:
        pass
    killer.wait()
print("ok")
"""
    )


def test_threads_of_the_jvm_block_signals(engine: Engine) -> None:
    engine.check(
        """
import asyncio, os, signal
asyncio.run(asyncio.sleep(0))
def blocked(task):
    with open(f"/proc/self/task/{task}/status") as status:
        line = next(line for line in status if line.startswith("SigBlk"))
    return int(line.split()[1], 16)
want = 0
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGUSR1, signal.SIGALRM):
    want |= 1 << number - 1
others = [blocked(task) for task in os.listdir("/proc/self/task") if int(task) != os.getpid()]
assert others and all(mask & want == want for mask in others), others
assert not blocked(os.getpid())
print("ok")
"""
    )
