# A recorded interactive session, cell by cell, as a session runs it: the value of a cell's last expression is shown,
# `await` works at the top level, and a cell that fails does not end the session. The cells follow below, unmodified.
def _play(cells, prelude=""):
    import ast
    import inspect
    import sys
    import traceback

    scope, loop, failed = sys.modules["__main__"].__dict__, None, False
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

    def compiled(source, name):
        """The cell's steps: code, or a coroutine function where the engine's compiler has no top-level await."""
        tree = ast.parse(source, name)
        last = [tree.body.pop()] if tree.body and isinstance(tree.body[-1], ast.Expr) else []
        try:
            steps = [compile(tree, name, "exec", flags)]
            return (
                [*steps, compile(ast.Interactive(last), name, "single", flags)] if last else steps
            )
        except SyntaxError as error:
            if sys.implementation.name == "cpython":
                raise
            from javaloop import _toplevel

            if not _toplevel.refuses_await(error):
                raise
        body = tree.body + [_toplevel.shown(each) for each in last]
        exec(_toplevel.compile_awaiting(body, name), scope)
        return [scope.pop(_toplevel.CELL)]

    def awaits(step):
        return inspect.iscoroutinefunction(step) or bool(
            getattr(step, "co_flags", 0) & inspect.CO_COROUTINE
        )

    async def settled(value):
        if inspect.iscoroutine(value):
            await value

    async def awaited(steps):
        for step in steps:
            await settled(step() if callable(step) else eval(step, scope))

    def end(loop):
        import asyncio

        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    exec(compile(prelude, "<prelude>", "exec"), scope)
    for number, source in cells:
        try:
            steps = compiled(source, "<cell %s>" % number)
            if not any(map(awaits, steps)):
                for step in steps:
                    eval(step, scope)
                continue
            if loop is None:
                import asyncio

                loop = asyncio.new_event_loop()
                asyncio.set_event_loop(loop)
            loop.run_until_complete(awaited(steps))
        except Exception:
            failed = True
            traceback.print_exc()
    if loop is not None:
        end(loop)
    sys.exit(failed)
