"""``await`` outside of a function, for an engine that compiles none: the statements become an ``async def``."""

from __future__ import annotations

import ast
import types
from typing import Any

CELL = "<module>"  # the function's name, and so what tracebacks call the statements


def refuses_await(error: SyntaxError) -> bool:
    """Whether the engine found nothing wrong but the place of an ``await`` or its like."""
    message = str(error.msg)
    return "outside" in message and ("await" in message or "async" in message)


def shown(statement: ast.stmt) -> ast.stmt:
    """An expression's value is given to ``sys.displayhook``; other statements stay as they are."""
    if not isinstance(statement, ast.Expr):
        return statement
    call: Any = ast.parse("__import__('sys').displayhook(0)", mode="eval").body
    call.args = [statement.value]
    return ast.copy_location(ast.Expr(call), statement)


def compile_awaiting(statements: list[ast.stmt], filename: str) -> types.CodeType:
    """Code that defines a coroutine function named ``CELL``; the names that it binds are global."""
    names = _Names()
    for statement in statements:
        names.visit(statement)
    body = list(statements)
    if names.bound:
        body.insert(0, ast.copy_location(ast.Global(sorted(names.bound)), statements[0]))
    module = ast.parse("async def cell(): pass")
    cell: Any = module.body[0]
    cell.name, cell.body = CELL, body
    return compile(ast.fix_missing_locations(module), filename, "exec", dont_inherit=True)


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
