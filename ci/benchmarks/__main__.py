"""What ci/bench runs: ``python ci/benchmarks BENCHMARK [ARGUMENT...]``.

Run as a folder, so that each benchmark imports what all share from here.
"""

import importlib
import signal
import sys

MODULES = {
    "startup": "startup",
    "loop": "loop.run",
    "echo": "echo.run",
    "idle": "echo.idle",
    "http": "web.run",
}

signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends the child processes on its way
importlib.import_module(MODULES[sys.argv[1]]).main(sys.argv[2:])
