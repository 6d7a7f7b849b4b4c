# A recorded interactive session, cell by cell, as a session runs it: the value of a cell's last expression is shown,
# `await` works at the top level, and a cell that fails does not end the session. The cells follow below, unmodified.
def _play(cells):
    import ast
    import inspect
    import sys
    import traceback

    scope, runner, failed = sys.modules["__main__"].__dict__, None, False
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    for number, source in cells:
        name = "<cell %s>" % number
        try:
            tree = ast.parse(source, name)
            last = [tree.body.pop()] if tree.body and isinstance(tree.body[-1], ast.Expr) else []
            try:
                steps = [compile(tree, name, "exec", flags)]
                steps += [compile(ast.Interactive(last), name, "single", flags)] if last else []
            except SyntaxError as error:
                if sys.implementation.name == "cpython":
                    raise
                from javaloop import _toplevel

                if not _toplevel.refuses_await(error):
                    raise
                steps = []
            if not steps:
                body = tree.body + [_toplevel.shown(each) for each in last]
                exec(_toplevel.compile_awaiting(body, name), scope)
                steps = [scope.pop(_toplevel.CELL)]
            for step in steps:
                result = step() if callable(step) else eval(step, scope)
                if inspect.iscoroutine(result):
                    import asyncio

                    runner = runner or asyncio.Runner()
                    runner.run(result)
        except Exception:
            failed = True
            traceback.print_exc()
    if runner:
        runner.close()
    sys.exit(failed)
