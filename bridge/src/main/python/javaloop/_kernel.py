"""System calls that ``os``, ``socket`` and ``fcntl`` have on Linux and lack on this engine.

asyncio looks for those of ``os`` by name: with ``pidfd_open`` the loop sees a child's end by itself,
where a thread would wait for each child; with ``sendfile`` files are sent without passing through
Python.
"""

from __future__ import annotations

import _socket
import errno
import fcntl as fcntl_module
import os
import socket

from javaloop import _host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# The commands of Linux whose argument is a number.
_COMMANDS = {
    "F_DUPFD": 0,
    "F_GETFD": 1,
    "F_SETFD": 2,
    "F_GETFL": 3,
    "F_SETFL": 4,
    "F_SETOWN": 8,
    "F_GETOWN": 9,
    "F_SETPIPE_SZ": 1031,
    "F_GETPIPE_SZ": 1032,
    "F_DUPFD_CLOEXEC": 1030,
    "FD_CLOEXEC": 1,
}


def install() -> None:
    """Adds what is missing."""
    if not hasattr(os, "pidfd_open"):
        _add(os, "posix", pidfd_open)
    if not hasattr(os, "sendfile"):
        _add(os, "posix", sendfile)
    if not hasattr(_socket, "socketpair"):  # socket has one of its own then, of TCP
        _add(socket, "socket", socketpair)
    if not hasattr(fcntl_module, "fcntl"):
        _add(fcntl_module, "fcntl", fcntl)
        for name, number in _COMMANDS.items():
            setattr(fcntl_module, name, number)


def _add(module: Any, shown_as: str, function: Any) -> None:
    function.__module__ = shown_as
    setattr(module, function.__name__, function)


def pidfd_open(pid: int, flags: int = 0) -> int:
    """Open a descriptor that is readable once the process has ended."""
    return _checked(_host.require().kernel().pidfdOpen(pid, flags))


def sendfile(out_fd: int, in_fd: int, offset: int | None, count: int) -> int:
    """Send at most *count* bytes of a file, from *offset* or, if None, from its position."""
    call = _host.require().kernel().sendfile
    while (sent := call(out_fd, in_fd, offset, count)) == -errno.EINTR:
        pass  # a handler has run meanwhile, and did not raise
    return _checked(sent)


def socketpair(
    family: int | None = None, type: int = socket.SOCK_STREAM, proto: int = 0
) -> tuple[socket.socket, socket.socket]:
    """Two sockets that are connected: of the Unix family if none is given."""
    given = socket.AF_UNIX if family is None else family
    both = _checked(_host.require().kernel().socketpair(given, type, proto))
    left, right = both >> 32, both & 0xFFFFFFFF
    return (
        socket.socket(given, type, proto, fileno=left),
        socket.socket(given, type, proto, fileno=right),
    )


def fcntl(fd: Any, cmd: int, arg: Any = 0) -> int:
    """Do what *cmd* says to a descriptor; only commands whose argument is a number are there."""
    if not isinstance(arg, int):
        raise NotImplementedError("fcntl.fcntl takes numbers on this engine, not bytes")
    number = fd if isinstance(fd, int) else fd.fileno()
    return _checked(_host.require().kernel().fcntl(number, cmd, arg))


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(-result, os.strerror(-result))
    return result
