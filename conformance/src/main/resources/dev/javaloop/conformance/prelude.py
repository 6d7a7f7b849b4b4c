# Runs a fragment, which stands unmodified in a file of its own, in a namespace that has the names it uses.
def _play(path, prelude):
    import sys

    scope = sys.modules["__main__"].__dict__
    del scope["_play"]
    scope["__file__"] = path
    exec(compile(prelude, "<prelude>", "exec"), scope)
    with open(path, encoding="utf-8") as file:
        source = file.read()
    exec(compile(source, path, "exec"), scope)
