"""Pipe transports, and files that are sent, under descriptors that nobody else closes.

asyncio reads and writes pipes, and sends files, by their numbers: once the program closed such a
file, by the numbers of whatever was opened next.
"""

from __future__ import annotations

import fcntl
import os
from typing import Any

from javaloop._asyncio import ReadPipeTransport as BaseReadPipeTransport
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


class ReadPipeTransport(BaseReadPipeTransport):
    def __init__(
        self, loop: Any, pipe: Any, protocol: Any, waiter: Any = None, extra: Any = None
    ) -> None:
        own = _Pipe(pipe)
        try:
            super().__init__(loop, own, protocol, waiter, extra)
        except BaseException:
            own.release()
            raise
        self._extra["pipe"] = pipe


class WritePipeTransport(BaseWritePipeTransport):
    def __init__(
        self, loop: Any, pipe: Any, protocol: Any, waiter: Any = None, extra: Any = None
    ) -> None:
        own = _Pipe(pipe)
        try:
            super().__init__(loop, own, protocol, waiter, extra)
        except BaseException:
            own.release()
            raise
        self._extra["pipe"] = pipe

    def _call_connection_lost(self, exc: BaseException | None) -> None:
        if self._pipe is None:
            return  # closed in resume_writing, and asyncio's own ends twice then
        # Closed in connection_made: asyncio has begun to watch for the reader's end since.
        self._loop._remove_reader(self._fileno)
        super()._call_connection_lost(exc)


# Shows in repr().
ReadPipeTransport.__name__ = BaseReadPipeTransport.__name__
WritePipeTransport.__name__ = BaseWritePipeTransport.__name__
