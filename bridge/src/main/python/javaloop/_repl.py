"""The interactive console: statements and top-level ``await`` on one loop."""

from __future__ import annotations

import ast
import asyncio
import code
import concurrent.futures
import contextvars
import inspect
import sys
import threading
import types
from typing import Any

import __main__


class _Console(code.InteractiveConsole):
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        names = __main__.__dict__
        names.setdefault("asyncio", asyncio)
        super().__init__(names)
        self.compile.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self._loop = loop
        self._context = contextvars.copy_context()
        self.waiting: asyncio.Task[Any] | None = None
        self.interrupted = False

    def runcode(self, code: types.CodeType) -> Any:
        done: concurrent.futures.Future[Any] = concurrent.futures.Future()
        self._loop.call_soon_threadsafe(self._start, code, done, context=self._context)
        try:
            return done.result()
        except SystemExit:
            raise
        except BaseException:
            self.showtraceback()
            return None

    def _start(self, code: types.CodeType, done: concurrent.futures.Future[Any]) -> None:
        try:
            result = types.FunctionType(code, self.locals)()
        except BaseException as error:
            done.set_exception(error)
            return
        if not inspect.iscoroutine(result):
            done.set_result(result)
            return
        self.waiting = self._loop.create_task(result, context=self._context)
        self.waiting.add_done_callback(lambda task: self._done(task, done))

    def _done(self, task: asyncio.Task[Any], done: concurrent.futures.Future[Any]) -> None:
        self.waiting = None
        if task.cancelled():
            done.set_exception(KeyboardInterrupt())
        elif (error := task.exception()) is not None:
            done.set_exception(error)
        else:
            done.set_result(task.result())


def interact() -> None:
    """Reads, awaits and prints until the end of input or ``exit()``."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    console = _Console(loop)
    status: list[Any] = []

    def read() -> None:
        try:
            console.interact(
                banner=f"javaloop on Python {sys.version.split()[0]} ({sys.implementation.name});"
                " top-level await works",
                exitmsg="",
            )
        except SystemExit as exit:
            status.append(exit.code)
        finally:
            loop.call_soon_threadsafe(loop.stop)

    reader = threading.Thread(target=read, name="repl", daemon=True)
    reader.start()
    while True:
        try:
            loop.run_forever()
            break
        except KeyboardInterrupt:
            if console.waiting is not None:
                console.waiting.cancel()
            else:
                print("\nKeyboardInterrupt", file=sys.stderr)
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
    if status:
        raise SystemExit(status[0])
