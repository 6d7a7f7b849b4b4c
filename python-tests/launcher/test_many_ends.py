"""A hundred starts and ends, with --slow: each ends as it should, none takes the JVM down."""

import signal

import pytest
from processes import ENGINE

ENDS = {
    "normal": ("import asyncio\nasyncio.run(asyncio.sleep(0))", 0),
    "exception": ("import asyncio\nasync def main(): 1 / 0\nasyncio.run(main())", 1),
    "SystemExit": ("import asyncio, sys\nasync def main(): sys.exit(7)\nasyncio.run(main())", 7),
    "interrupt": (
        "import asyncio\n"
        "async def main():\n    print('ready', flush=True)\n    await asyncio.sleep(3600)\n"
        "asyncio.run(main())",
        -signal.SIGINT,
    ),
    "interrupt, busy thread": (
        "import asyncio, threading\n"
        "ended = False\n"
        "def busy():\n    while not ended: pass\n"
        "async def main():\n"
        "    global ended\n"
        "    asyncio.get_running_loop().run_in_executor(None, busy)\n"
        "    try:\n"
        "        print('ready', flush=True)\n"
        "        await asyncio.sleep(3600)\n"
        "    finally: ended = True\n"
        "asyncio.run(main())",
        -signal.SIGINT,
    ),
    "terminate": (
        "import asyncio\n"
        "async def main():\n    print('ready', flush=True)\n    await asyncio.sleep(3600)\n"
        "asyncio.run(main())",
        -signal.SIGTERM,
    ),
    "daemon threads left": (
        "import threading, time, asyncio\n"
        "for call in lambda: time.sleep(3600), lambda: asyncio.run(asyncio.sleep(3600)):\n"
        "    threading.Thread(target=call, daemon=True).start()\n",
        0,
    ),
    "threads that end later": (
        "import threading, asyncio\n"
        "threading.Thread(target=lambda: asyncio.run(asyncio.sleep(0.05))).start()",
        0,
    ),
    "a child left": (
        "import asyncio, sys\n"
        "async def main():\n"
        "    await asyncio.create_subprocess_exec(sys.executable, '-c', 'input()', stdin=-1)\n"
        "    sys.exit(3)\n"
        "asyncio.run(main())",
        3,
    ),
    "callbacks, tasks and timers left": (
        "import asyncio\n"
        "loop = asyncio.new_event_loop()\n"
        "loop.call_later(3600, print)\n"
        "task = loop.create_task(asyncio.sleep(3600))\n"
        "loop.call_soon(loop.stop)\n"
        "loop.run_forever()",
        0,
    ),
}


# A start of GraalPy takes ten times as long; the ends are in test_ends.py, once each.
@pytest.mark.skipif(ENGINE == "graalpy", reason="a hundred starts of GraalPy take ten minutes")
@pytest.mark.parametrize("name", ENDS)
def test_ten_times(start, name, tmp_path, request):
    code, status = ENDS[name]
    for _ in range(10 if request.config.getoption("--slow") else 2):
        child = start("-c", code)
        if name.startswith(("interrupt", "terminate")):
            assert child.stdout.readline() == "ready\n"
            child.send_signal(-status)
        _, err = child.communicate(timeout=100)
        assert child.returncode == status, err
    assert not list(tmp_path.glob("hs_err*"))
