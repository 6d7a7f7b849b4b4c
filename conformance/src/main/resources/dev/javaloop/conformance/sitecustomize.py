"""Measures a script from its first line to its end. The conformance suite puts this on PYTHONPATH of both sides.

The script must not see it: no output; the variables are gone from os.environ and the folder from sys.path before its first
line runs, and its children inherit neither; the timed imports stand in no traceback on CPython (GraalPy shows one more frame in
that of an import that fails).
"""

import os
import sys

# Imports are timed apart: they say how warm an interpreter is, not how it schedules. Python takes the frames of its import
# system, which it knows by this file name, out of tracebacks.
_TIMED_IMPORT = """
def _find_and_load(name, import_):
    global depth, wall, cpu
    if get_ident() != main:
        return find_and_load(name, import_)
    if not depth:
        wall -= monotonic()
        cpu -= process_time()
    depth += 1
    try:
        return find_and_load(name, import_)
    finally:
        depth -= 1
        if not depth:
            wall += monotonic()
            cpu += process_time()
"""


def _time_imports(time):
    import _frozen_importlib as importlib
    import _thread

    names = {
        "find_and_load": importlib._find_and_load,
        "get_ident": _thread.get_ident,
        "main": _thread.get_ident(),
        "monotonic": time.monotonic,
        "process_time": time.process_time,
        "depth": 0,
        "wall": 0.0,
        "cpu": 0.0,
    }
    exec(compile(_TIMED_IMPORT, "<frozen importlib._bootstrap>", "exec"), names)
    importlib._find_and_load = names["_find_and_load"]
    return names


def _flush_lines():
    # As at a terminal: a line arrives when it is written.
    if sys.stdout is not None:
        sys.stdout.reconfigure(line_buffering=True)


def _start_clock(target):
    import atexit
    import io
    import time

    owner = os.getpid()
    imports = _time_imports(time)
    started = {}

    def start():
        imports.update(wall=0.0, cpu=0.0)
        started["cpu"] = time.process_time()
        started["wall"] = time.monotonic()

    def stop():
        wall = time.monotonic() - started["wall"]
        cpu = time.process_time() - started["cpu"]
        # A forked child leaves through here as well; only the script itself is measured.
        if os.getpid() == owner:
            with open(target, "w", encoding="utf-8") as file:
                file.write("%r %r %r %r\n" % (wall, cpu, imports["wall"], imports["cpu"]))

    if sys.implementation.name != "cpython":
        # CPython runs the script right after this file. Elsewhere a launcher written in Python may come between; it opens
        # the script as Python wants code to be opened, and that is the moment. The original is back before the first line.
        open_code = io.open_code

        def open_script(path):
            io.open_code = open_code
            file = open_code(path)
            start()
            return file

        io.open_code = open_script
    atexit.register(stop)
    start()


_target = os.environ.pop("JAVALOOP_CONFORMANCE_CLOCK", "")
os.environ.pop("PYTHONPATH", None)
_here = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != _here]
_flush_lines()
if _target:
    _start_clock(_target)
