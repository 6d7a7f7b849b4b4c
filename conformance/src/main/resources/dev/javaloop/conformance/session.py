# A recorded interactive session, cell by cell, as a session runs it: the value of a cell's last expression is shown,
# `await` works at the top level, and a cell that fails does not end the session. The cells follow below, unmodified.
def _play(cells):
    import ast
    import inspect
    import sys
    import traceback

    scope, runner, failed = sys.modules["__main__"].__dict__, None, False
    for number, source in cells:
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        try:
            tree = ast.parse(source, "<cell %s>" % number)
            steps = [compile(ast.Module(tree.body, []), "<cell %s>" % number, "exec", flags)]
            if tree.body and isinstance(tree.body[-1], ast.Expr):
                last = ast.Interactive([tree.body.pop()])
                steps = [
                    compile(tree, "<cell %s>" % number, "exec", flags),
                    compile(last, "<cell %s>" % number, "single", flags),
                ]
            for step in steps:
                if step.co_flags & inspect.CO_COROUTINE:
                    import asyncio

                    runner = runner or asyncio.Runner()
                    runner.run(eval(step, scope))
                else:
                    exec(step, scope)
        except Exception:
            failed = True
            traceback.print_exc()
    if runner:
        runner.close()
    sys.exit(failed)
