"""The program of a JVM that ``./javaloop --engine jep`` started: importing this runs it.

JEP offers CPython's main thread for imports only. What is raised here would end in Java, and
SystemExit would end the JVM at once; so nothing is, and the process ends from within.
"""

from __future__ import annotations

import signal

from javaloop import _host, _main


def _run() -> None:
    # jep.py blocked them for all threads of the JVM.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    program: Any = _host.require()
    status = 70
    try:
        status = _main.run(
            program.kind(), program.target(), program.stockLoop(), program.statistics()
        )
    finally:
        program.exit(status)


TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_run()
