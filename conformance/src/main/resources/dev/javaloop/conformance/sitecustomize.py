"""Measures a script from its first line to its end. The conformance suite puts this on PYTHONPATH of both sides.

The script must not see it: no output; the variables are gone from os.environ and the folder from sys.path before its first
line runs, also in its children; the timed imports stand in no traceback on CPython (GraalPy shows one more frame in that of an
import that fails).
"""

import os
import sys

# Imports are timed apart: they say how warm an interpreter is, not how it schedules. Python takes the frames of its import
# system, which it knows by this file name, out of tracebacks.
_TIMED_IMPORT = """
def _find_and_load(name, import_):
    global depth, wall, cpu
    if get_ident() != main or name.endswith(".program_by_jep"):  # which is the program, on JEP
        return find_and_load(name, import_)
    if not depth:
        wall -= monotonic()
        cpu -= spent()
    depth += 1
    try:
        return find_and_load(name, import_)
    finally:
        depth -= 1
        if not depth:
            wall += monotonic()
            cpu += spent()
"""


def _time_imports(time):
    import _frozen_importlib as importlib
    import _thread

    names = {
        "find_and_load": importlib._find_and_load,
        "get_ident": _thread.get_ident,
        "main": _thread.get_ident(),
        "monotonic": time.monotonic,
        "spent": time.thread_time if sys.implementation.name == "cpython" else _spent_in_jvm,
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


# How the kernel shortens the names of the JVM's threads that compile and collect; what they take is not the script's.
_HELPERS = (
    "C1 Compiler",
    "C2 Compiler",
    "TruffleCompiler",
    "JVMCI",
    "Training",
    "VM ",
    "GC ",
    "G1 ",
)


def _computed(time):
    """What this process computed, and those of its children that it has waited for."""
    children = os.times()
    return time.process_time() + children.children_user + children.children_system


def _computed_in_jvm():
    """The same; of the JVM all threads but the helpers, with what they waited for a processor that the helpers had.

    GraalPy's process_time counts only the threads that Java knows and that still run.
    """
    with open("/proc/self/stat") as file:
        ticks = file.read().rpartition(")")[2].split()[11:15]  # user, system, children's
    seconds = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    for thread in os.listdir("/proc/self/task"):
        try:
            with open("/proc/self/task/%s/comm" % thread) as name:
                helper = name.read().startswith(_HELPERS)
            with open("/proc/self/task/%s/schedstat" % thread) as times:
                ran, waited = times.read().split()[:2]
        except OSError:
            continue  # it has just ended
        seconds += (-int(ran) if helper else int(waited)) * 1e-9
    return seconds


def _spent_in_jvm():
    """The same of this thread."""
    file = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
    try:
        ran, waited = os.read(file, 100).split()[:2]
    finally:
        os.close(file)
    return (int(ran) + int(waited)) * 1e-9


def _start_clock(target):
    import atexit
    import io
    import time

    owner = os.getpid()
    imports = _time_imports(time)
    started = {}
    jvm = sys.implementation.name != "cpython"

    def computed():
        return _computed_in_jvm() if jvm else _computed(time)

    def start():
        started["cpu"] = computed()
        imports.update(wall=0.0, cpu=0.0)
        started["wall"] = time.monotonic()

    def stop():
        wall = time.monotonic() - started["wall"]
        cpu = computed() - started["cpu"]
        # A forked child leaves through here as well; only the script itself is measured.
        if os.getpid() == owner:
            with open(target, "w", encoding="utf-8") as file:
                file.write("%r %r %r %r\n" % (wall, cpu, imports["wall"], imports["cpu"]))

    if jvm or "javaloop._engines.cpython.program" in " ".join(sys.orig_argv):
        # A python runs the script right after this file. Elsewhere a launcher written in Python comes between, which may
        # boot a JVM; it opens the script as Python wants code to be opened, and that is the moment. The original is back
        # before the first line.
        open_code = io.open_code

        def open_script(path):
            io.open_code = open_code
            file = open_code(path)
            start()
            return file

        io.open_code = open_script
    atexit.register(stop)
    start()


def _shuffle_memory(seed):
    """Makes the addresses of the next objects accidental, which they only seem not to be: sets of objects hang on them."""
    import random

    accident = random.Random(seed)
    kept = []
    for size in range(
        8, 250, 16
    ):  # with what is before the bytes each has its own size in the allocator
        blocks = [bytes(size) for _ in range(12000)]  # more holes than the imports of a script fill
        accident.shuffle(blocks)
        kept.append(blocks[:4000])
    return kept


def _install_legacy(path):
    with open(path, "rb") as file:
        source = file.read()
    names = {"__name__": "javaloop_legacy"}  # in no sys.modules: the script cannot see it there
    exec(compile(source, path, "exec"), names)
    names["install"]()


_seed = os.environ.pop("JAVALOOP_CONFORMANCE_SHUFFLE", "")
_kept = _shuffle_memory(_seed) if _seed else None
_legacy = os.environ.pop("JAVALOOP_CONFORMANCE_LEGACY", "")
_target = os.environ.pop("JAVALOOP_CONFORMANCE_CLOCK", "")
_network = os.environ.get("JAVALOOP_CONFORMANCE_NETWORK")
_here = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != _here]
if _network is None:
    # The folders of packages stay: a child imports what its parent does.
    _path = os.environ.pop("PYTHONPATH", "").split(os.pathsep)
    _rest = [entry for entry in _path if entry and entry != _here]
    if _rest:
        os.environ["PYTHONPATH"] = os.pathsep.join(_rest)
    # For C alone, where children inherit from: a forked one flushes its lines as its parent does, so one that is spawned has to.
    os.putenv("PYTHONPATH", os.pathsep.join([_here, *_rest]))
else:
    # Children need the mapping too, and so they come through here as well.
    import json

    with open(os.path.join(_here, "network.py"), encoding="utf-8") as _file:
        exec(
            compile(_file.read(), _file.name, "exec"),
            {"__name__": "network", "plan": json.loads(_network)},
        )
_flush_lines()
if _legacy:
    _install_legacy(_legacy)
if _target:
    _start_clock(_target)
