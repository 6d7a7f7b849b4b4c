"""Pipe transports, and files that are sent, under descriptors that nobody else closes.

asyncio reads and writes pipes, and sends files, by their numbers: once the program closed such a
file, by the numbers of whatever was opened next.
"""

from __future__ import annotations

import fcntl
import os
from typing import Any

from javaloop._asyncio import ReadPipeTransport as ReadPipeTransport
from javaloop._asyncio import WritePipeTransport as BaseWritePipeTransport


class Duplicate:
    """A file under a number of our own."""

    __slots__ = ("_number",)

    def __init__(self, file: Any) -> None:
        self._number: int = fcntl.fcntl(file.fileno(), fcntl.F_DUPFD_CLOEXEC, 3)

    def fileno(self) -> int:
        return self._number

    def release(self) -> None:
        number, self._number = self._number, -1
        if number >= 0:
            os.close(number)


class _Pipe(Duplicate):
    """A duplicate that closes the program's object too, as asyncio's transports do."""

    __slots__ = ("_pipe",)

    def __init__(self, pipe: Any) -> None:
        super().__init__(pipe)
        self._pipe = pipe

    def close(self) -> None:
        self.release()
        self._pipe.close()


def transport_over(make: Any, loop: Any, pipe: Any, *args: Any) -> Any:
    """A pipe transport of the class `make` that has the pipe under a number of its own."""
    own = _Pipe(pipe)
    try:
        transport = make(loop, own, *args)
    except BaseException:
        own.release()
        raise
    transport._extra["pipe"] = pipe
    return transport


class WritePipeTransport(BaseWritePipeTransport):
    def _call_connection_lost(self, exc: BaseException | None) -> None:
        if self._pipe is None:
            return  # closed in resume_writing, and asyncio's own ends twice then
        # Closed in connection_made: asyncio has begun to watch for the reader's end since.
        self._loop._remove_reader(self._fileno)
        super()._call_connection_lost(exc)


WritePipeTransport.__name__ = BaseWritePipeTransport.__name__  # shows in repr()
