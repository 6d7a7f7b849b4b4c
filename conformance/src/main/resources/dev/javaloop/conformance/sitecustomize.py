"""Notes when a script begins and ends. The conformance suite puts this on PYTHONPATH of both sides.

The script must not see it: no output, the variables are gone from os.environ and the folder from sys.path before the
script's first line runs, and children of the script inherit neither.
"""

import os
import sys


def _start_clock(target, warm):
    import atexit
    import time

    owner = os.getpid()

    def stop():
        # A forked child leaves through here as well; only the script itself is measured.
        if os.getpid() == owner:
            line = "%r %r %r\n" % (start, time.monotonic(), time.process_time() - cpu)
            with open(target, "w", encoding="utf-8") as file:
                file.write(line)

    atexit.register(stop)
    for name in warm:
        __import__(name)
    cpu = time.process_time()
    start = time.monotonic()


_target = os.environ.pop("JAVALOOP_CONFORMANCE_CLOCK", "")
_warm = os.environ.pop("JAVALOOP_CONFORMANCE_WARM", "").split()
os.environ.pop("PYTHONPATH", None)
_here = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != _here]
if _target:
    _start_clock(_target, _warm)
