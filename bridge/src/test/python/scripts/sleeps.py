"""Sleeps without a loop; says that it does, and how it ended."""

import pathlib
import sys
import time

started, written = map(pathlib.Path, sys.argv[1:])
try:
    started.touch()
    time.sleep(3600)
except BaseException as error:
    written.write_text(type(error).__name__)
    raise
