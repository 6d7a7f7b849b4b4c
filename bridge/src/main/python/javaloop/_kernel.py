"""System calls that ``os`` has on Linux and lacks on this engine.

asyncio looks for them by name: with ``pidfd_open`` the loop sees a child's end by itself, where a thread
would wait for each child; with ``sendfile`` files are sent without passing through Python.
"""

from __future__ import annotations

import errno
import os

from javaloop import _host


def install() -> None:
    """Adds what is missing to ``os``."""
    for function in (pidfd_open, sendfile):
        name = function.__name__
        if not hasattr(os, name):
            function.__module__ = "posix"
            setattr(os, name, function)


def pidfd_open(pid: int, flags: int = 0) -> int:
    """Open a descriptor that is readable once the process has ended."""
    return _checked(_host.require().kernel().pidfdOpen(pid, flags))


def sendfile(out_fd: int, in_fd: int, offset: int | None, count: int) -> int:
    """Send at most *count* bytes of a file, from *offset* or, if None, from its position."""
    call = _host.require().kernel().sendfile
    while (sent := call(out_fd, in_fd, offset, count)) == -errno.EINTR:
        pass  # a handler has run meanwhile, and did not raise
    return _checked(sent)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(-result, os.strerror(-result))
    return result
