"""What JavaThread.java calls, in the loop's thread."""

import os
from time import thread_time

__all__ = ["nothing", "thread", "thread_time"]


async def nothing():
    return 1


def thread():
    """The system's number of it."""
    return int(os.readlink("/proc/thread-self").rpartition("/")[2])
