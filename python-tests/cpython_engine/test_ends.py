"""Every kind of end: with the right status, and without the JVM's error file."""

from __future__ import annotations

import signal

import pytest
from engine_process import Engine, wait_for_line

# A heap this small has the JVM's collector run all the time: it walks the stack of each thread that
# the JVM knows, also of one that CPython has ended.
SMALL_HEAP = {"JAVA_TOOL_OPTIONS": "-Xmn256k -Xmx40m"}

ENDS = {
    "daemon threads run loops that wait": (
        """
        import asyncio, threading, time
        async def main(): await asyncio.sleep(3600)
        for _ in range(4):
            threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
        time.sleep(0.3)
        """,
        0,
    ),
    "daemon threads run loops that wake all the time": (
        """
        import asyncio, threading, time
        async def main():
            while True: await asyncio.sleep(0.0005)
        for _ in range(12):
            threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
        time.sleep(0.3)
        """,
        0,
    ),
    "daemon threads run callbacks that release the GIL": (
        """
        import asyncio, threading, time
        def again(loop):
            time.sleep(0.0001)
            loop.call_soon(again, loop)
        def run():
            loop = asyncio.new_event_loop()
            loop.call_soon(again, loop)
            loop.run_forever()
        for _ in range(8):
            threading.Thread(target=run, daemon=True).start()
        time.sleep(0.3)
        """,
        0,
    ),
    "daemon threads run loops while finalizers use Java": (
        """
        import asyncio, sys, threading, time
        async def main():
            while True:
                await asyncio.sleep(0)
                time.sleep(0.0001)
        class Uses:
            def __init__(self, loop): self.loop, self.sleep = loop, time.sleep
            def __del__(self):
                for _ in range(10):
                    for _ in range(5000): self.loop.stats()  # makes garbage in Java
                    self.sleep(0.01)
                self.loop.close()
        for _ in range(8):
            threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
        time.sleep(0.3)
        sys.uses = [Uses(asyncio.new_event_loop()) for _ in range(2)]
        """,
        0,
    ),
    "daemon threads storm a loop": (
        """
        import asyncio, threading, time
        loop = asyncio.new_event_loop()
        def storm():
            while True: loop.call_soon_threadsafe(int)
        for _ in range(4):
            threading.Thread(target=storm, daemon=True).start()
        loop.run_until_complete(asyncio.sleep(0.3))
        """,
        0,
    ),
    "a daemon thread runs the loop that others storm": (
        """
        import asyncio, threading, time
        loop = asyncio.new_event_loop()
        threading.Thread(target=loop.run_forever, daemon=True).start()
        def storm():
            while True:
                loop.call_soon_threadsafe(int)
                time.sleep(0.0001)
        for _ in range(4):
            threading.Thread(target=storm, daemon=True).start()
        time.sleep(0.3)
        """,
        0,
    ),
    "__del__ uses a loop": (
        """
        import asyncio, sys
        class Uses:
            def __init__(self, loop): self.loop = loop
            def __del__(self):
                self.loop.call_soon(int)
                self.loop.call_later(0, int)
                self.loop.close()
        sys.uses = [Uses(asyncio.new_event_loop()) for _ in range(3)]
        uses = Uses(asyncio.new_event_loop())
        """,
        0,
    ),
    "atexit uses loops": (
        """
        import asyncio, atexit
        loop = asyncio.new_event_loop()
        atexit.register(lambda: loop.run_until_complete(asyncio.sleep(0.01)))
        atexit.register(lambda: asyncio.run(asyncio.sleep(0.01)))
        """,
        0,
    ),
    "os._exit in a callback": (
        """
        import asyncio, os
        loop = asyncio.new_event_loop()
        loop.call_soon(os._exit, 5)
        loop.run_forever()
        """,
        5,
    ),
    "sys.exit in a callback": (
        """
        import asyncio, sys
        loop = asyncio.new_event_loop()
        loop.call_later(0.01, sys.exit, 7)
        loop.run_forever()
        """,
        7,
    ),
    "sys.exit in a task": (
        """
        import asyncio, sys
        async def main(): sys.exit(8)
        asyncio.run(main())
        """,
        8,
    ),
    "uncaught exception": (
        """
        import asyncio
        async def main(): raise LookupError
        asyncio.run(main())
        """,
        1,
    ),
    "pending handles, timers and tasks": (
        """
        import asyncio
        loops = [asyncio.new_event_loop() for _ in range(3)]
        for loop in loops:
            loop.call_soon(print)
            loop.call_later(3600, print)
            loop.run_until_complete(asyncio.sleep(0))
            loop.call_soon(print)
            loop.create_future().add_done_callback(print)
        """,
        0,
    ),
    "a thread that ends later": (
        """
        import asyncio, threading
        async def main(): await asyncio.sleep(0.2)
        threading.Thread(target=lambda: asyncio.run(main())).start()
        """,
        0,
    ),
    "a worker of an executor": (
        """
        import asyncio, time
        async def main():
            asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.1)
        asyncio.run(main())
        """,
        0,
    ),
}


@pytest.mark.parametrize("kind", ENDS)
def test_end(engine: Engine, kind: str, repeats: int) -> None:
    code, status = ENDS[kind]
    for _ in range(repeats):
        ended = engine.run(code)
        assert ended.status == status, ended
        if kind == "uncaught exception":
            assert ended.err.endswith("\nLookupError\n")
        elif kind != "pending handles, timers and tasks" and not kind.startswith("__del__"):
            assert "Fatal" not in ended.err
            assert "Traceback" not in ended.err


@pytest.mark.parametrize("kind", [kind for kind in ENDS if "daemon" in kind])
def test_end_while_java_collects(launched: Engine, kind: str, repeats: int) -> None:
    code, status = ENDS[kind]
    for _ in range(repeats):
        ended = launched.run(code, env=SMALL_HEAP)
        assert ended.status == status, ended


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_end_by_signal(engine: Engine, number: signal.Signals, repeats: int) -> None:
    for _ in range(repeats):
        child = engine.start(
            """
            import asyncio
            async def main():
                print("ready", flush=True)
                await asyncio.sleep(3600)
            asyncio.run(main())
            """
        )
        wait_for_line(child, "ready")
        child.send_signal(number)
        ended = engine.end(child)
        assert ended.status == -number
        assert ("KeyboardInterrupt" in ended.err) == (number == signal.SIGINT)
