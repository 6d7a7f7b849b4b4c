"""The program of a JVM that ``./javaloop --engine jep`` started: importing this runs it.

JEP offers CPython's main thread for imports only. What is raised here would end in Java, and
SystemExit would end the JVM at once; so nothing is, and the process ends from within.
"""

from __future__ import annotations

import os
import signal
import sys

from javaloop import _host, _main


def _run() -> None:
    # jep.py blocked them for all threads of the JVM.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    program: Any = _host.require()
    process = os.getpid()
    status = 70
    try:
        status = _main.run(
            program.kind(),
            program.target(),
            program.stockLoop(),
            program.statistics(),
            program.aliasUvloop(),
            program.legacy(),
        )
    finally:
        if os.getpid() != process:
            os._exit(status)  # a fork that has come this far: its image of the JVM cannot end
        _forget_program()
        if status == _main.INTERRUPTED:
            # As a python does: who waits for it sees by what it ended.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.raise_signal(signal.SIGINT)
        program.exit(status)


def _forget_program() -> None:
    """Does to the program's names what a python's end does: finalizers run, and speak.

    Not beside threads that are left: a python stops them before.
    """
    import gc
    import threading
    import weakref

    if threading.active_count() > 1:
        return
    # So late, a python warns without the module that says more, and of no line of any file.
    modules: dict[str, Any] = sys.modules
    modules["warnings"] = None
    name, line = ("<sys>", 0) if sys.version_info >= (3, 13) else ("sys", 1)

    def late(code: str) -> Any:
        return compile(code, name, "exec").replace(co_firstlineno=line)

    last = "sys.last_exc = sys.last_type = sys.last_value = sys.last_traceback = None"
    exec(late(last), {"sys": sys})
    collect = late("collect()")
    module = weakref.ref(modules.pop("__main__"))
    _main.__dict__.pop("__main__", None)
    exec(collect, {"collect": gc.collect})
    left = module()
    if left is not None:
        for private in (True, False):
            for name in list(left.__dict__):
                if name.startswith("_") is private and name != "__builtins__":
                    setattr(left, name, None)
        exec(collect, {"collect": gc.collect})
    for stream in sys.stdout, sys.stderr:
        _main.flush(stream)


TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_run()
