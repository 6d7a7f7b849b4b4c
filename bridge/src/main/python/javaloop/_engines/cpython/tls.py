"""TLS on CPython: asyncio's, with fewer steps for each message.

asyncio reads until OpenSSL raises that there is no more, which costs as much as reading; asks for
256 KiB each time, which the allocator fetches from the kernel and gives back; and has an encrypted
message received into memory that does not begin a page, which the kernel is slow to copy to.
"""

from __future__ import annotations

import mmap
import ssl
import sys
from asyncio import sslproto
from typing import Any

_RECORD = 1 << 14  # the most that one has, RFC 8446, 5.1

SSLProtocol: Any = sslproto.SSLProtocol

if sys.version_info >= (3, 11):
    _WRAPPED = sslproto.SSLProtocolState.WRAPPED

    class _SSLProtocol(sslproto.SSLProtocol):
        def __init__(self, *args: Any, **named: Any) -> None:
            super().__init__(*args, **named)
            base: Any = self
            base._ssl_buffer = mmap.mmap(-1, self.max_size)
            base._ssl_buffer_view = memoryview(base._ssl_buffer)

        def _do_read__copied(self) -> None:
            memory: Any = self._sslobj
            if type(memory) is not ssl.SSLObject:
                super()._do_read__copied()
                return
            incoming = self._incoming
            read = memory._sslobj.read
            parts: list[bytes] = []
            part: bytes | None = None
            try:
                while True:
                    part = read(min(incoming.pending, _RECORD) or _RECORD)
                    if not part:
                        break
                    parts.append(part)
                    if not incoming.pending and not memory.pending():
                        break
            except (ssl.SSLWantReadError, ssl.SSLSyscallError):
                pass
            if parts:
                data = parts[0] if len(parts) == 1 else b"".join(parts)
                self._app_protocol.data_received(data)
            if part is not None and not part:
                # close_notify
                self._call_eof_received()
                self._start_shutdown()

        def _write_appdata(self, list_of_data: Any) -> None:
            memory: Any = self._sslobj
            if (
                self._state is not _WRAPPED
                or self._write_backlog
                or len(list_of_data) != 1
                or type(memory) is not ssl.SSLObject
            ):
                super()._write_appdata(list_of_data)
                return
            (data,) = list_of_data
            try:
                count = memory._sslobj.write(data)
                if count < len(data):
                    super()._write_appdata([data[count:]])
                else:
                    self._process_outgoing()
            except (ssl.SSLWantReadError, ssl.SSLSyscallError):
                super()._write_appdata(list_of_data)
            except Exception as error:
                self._fatal_error(error, "Fatal error on SSL protocol")

    _SSLProtocol.__name__ = sslproto.SSLProtocol.__name__  # shows in repr()
    SSLProtocol = _SSLProtocol
