"""The interactive console: statements and top-level ``await`` on one loop."""

from __future__ import annotations

import ast
import asyncio
import code
import codeop
import concurrent.futures
import contextvars
import signal
import sys
import threading
import types
from typing import Any

import __main__
from javaloop import _toplevel, _tracebacks


class _Compile(codeop.Compile):
    """Compiles statements that await as a coroutine function, whose values are shown."""

    def __call__(self, source: str, filename: str, symbol: str, **more: Any) -> types.CodeType:
        try:
            return super().__call__(source, filename, symbol, **more)
        except SyntaxError as error:
            if not _toplevel.refuses_await(error):
                raise
        body = [_toplevel.shown(each) for each in ast.parse(source, filename, "exec").body]
        return _toplevel.compile_awaiting(body, filename)


class _Console(code.InteractiveConsole):
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        names = __main__.__dict__
        names.setdefault("asyncio", asyncio)
        super().__init__(names)
        self.compile.compiler = _Compile()
        self._loop = loop
        self._context = contextvars.copy_context()
        self.waiting: asyncio.Task[Any] | None = None
        self._interrupted = False

    def interrupt(self, signum: int, frame: Any) -> None:
        """Cancels what is awaited, as ``asyncio.run`` does; a second time, and else, it raises.

        An exception in the middle of a task's step could leave the task waiting for nothing.
        """
        if self.waiting is None or self._interrupted:
            raise KeyboardInterrupt
        self._interrupted = True
        self.waiting.cancel()
        self._loop.call_soon_threadsafe(lambda: None)

    def runcode(self, code: types.CodeType) -> Any:
        done: concurrent.futures.Future[Any] = concurrent.futures.Future()
        self._loop.call_soon_threadsafe(self._start, code, done, context=self._context)
        try:
            return done.result()
        except SystemExit:
            raise
        except BaseException as error:
            self._show(error)
            return None

    def _show(self, error: BaseException) -> None:
        """Prints a traceback that begins with the statement."""
        frames = _tracebacks.clean(error).__traceback__
        while frames is not None and frames.tb_frame.f_code.co_filename != self.filename:
            frames = frames.tb_next
        error.__traceback__ = frames
        sys.last_exc = error  # type: ignore[attr-defined]
        sys.excepthook(type(error), error, frames)

    def _start(self, code: types.CodeType, done: concurrent.futures.Future[Any]) -> None:
        try:
            exec(code, self.locals)
        except BaseException as error:
            done.set_exception(error)
            return
        cell: Any = self.locals.pop(_toplevel.CELL, None)
        if cell is None:
            done.set_result(None)
            return
        self._interrupted = False
        own: Any = {"context": self._context} if sys.version_info >= (3, 11) else {}
        self.waiting = self._loop.create_task(cell(), **own)
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
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, console.interrupt)
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
