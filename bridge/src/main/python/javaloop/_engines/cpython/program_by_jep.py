"""Runs the program of this process, which JEP has booted: importing this is it.

JEP offers CPython's main thread for imports only. CPython runs there what its command line names,
as the main function of a python does: from then on all is as on the engine ``cpython``, and the
process ends from within.
"""

import signal
import sys

import _javaloop  # pyright: ignore # made by Java

from javaloop import _alias
from javaloop._engines.cpython import jvm, start

jvm.join_jvm()
start.settle()
_alias.spawn_by_default()
sys.path.pop()  # this package's, which the program's start puts there again
signal.pthread_sigmask(signal.SIG_SETMASK, ())  # jep.py blocked them for all threads of the JVM

# What CPython warns of at its end is said of the code that has called it; of a python's end this is said.
name, line = ("<sys>", 0) if sys.version_info >= (3, 13) else ("sys", 1)
code = compile("run()", name, "exec").replace(co_firstlineno=line)
exec(code, {"__name__": "sys", "run": _javaloop.run_main})  # pyright: ignore
