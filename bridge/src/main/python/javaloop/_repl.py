"""The interactive console: statements and top-level ``await`` on one loop."""

from __future__ import annotations

import ast
import asyncio
import code
import codeop
import concurrent.futures
import contextvars
import sys
import threading
import types
from typing import Any

import __main__
from javaloop import _tracebacks

_CELL = "<module>"  # what tracebacks call the statement


class _Compile(codeop.Compile):
    """Compiles statements that await as a coroutine function, which the engine does not do."""

    def __call__(self, source: str, filename: str, symbol: str, **more: Any) -> types.CodeType:
        try:
            return super().__call__(source, filename, symbol, **more)
        except SyntaxError as error:
            message = str(error.msg)
            if "outside" not in message or ("await" not in message and "async" not in message):
                raise
        tree = ast.parse(source, filename, "exec")
        return compile(_as_function(tree.body), filename, "exec", dont_inherit=True)


def _as_function(statements: list[ast.stmt]) -> ast.Module:
    """The statements in an ``async def`` named ``_CELL``: names stay global, values are shown."""
    names = _Names()
    body: list[ast.stmt] = []
    for statement in statements:
        names.visit(statement)
        if isinstance(statement, ast.Expr):
            shown: Any = ast.parse("__import__('sys').displayhook(0)", mode="eval").body
            shown.args = [statement.value]
            statement = ast.copy_location(ast.Expr(shown), statement)
        body.append(statement)
    if names.bound:
        body.insert(0, ast.copy_location(ast.Global(sorted(names.bound)), statements[0]))
    module = ast.parse("async def cell(): pass")
    cell: Any = module.body[0]
    cell.name, cell.body = _CELL, body
    return ast.fix_missing_locations(module)


_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class _Names(ast.NodeVisitor):
    """The names that statements bind in their own scope."""

    def __init__(self) -> None:
        self.bound: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.bound.add(node.id)

    def visit_alias(self, node: ast.alias) -> None:
        self.bound.add(node.asname or node.name.partition(".")[0])

    def generic_visit(self, node: ast.AST) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.bound.add(node.name)
        elif isinstance(node, _COMPREHENSIONS):
            # Its own names are its own; := in it binds outside.
            walked = ast.walk(node)
            self.bound.update(n.target.id for n in walked if isinstance(n, ast.NamedExpr))
        elif not isinstance(node, ast.Lambda):
            if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
                self.bound.add(node.name)
            elif isinstance(node, ast.MatchMapping) and node.rest:
                self.bound.add(node.rest)
            super().generic_visit(node)


class _Console(code.InteractiveConsole):
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        names = __main__.__dict__
        names.setdefault("asyncio", asyncio)
        super().__init__(names)
        self.compile.compiler = _Compile()
        self._loop = loop
        self._context = contextvars.copy_context()
        self.waiting: asyncio.Task[Any] | None = None

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
        cell: Any = self.locals.pop(_CELL, None)
        if cell is None:
            done.set_result(None)
            return
        self.waiting = self._loop.create_task(cell(), context=self._context)
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
