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


def _of_openssl(memory: Any) -> Any:
    """What an ``ssl.SSLObject`` calls; None for a class of the program's, which may do otherwise."""
    return memory._sslobj if memory.__class__ is ssl.SSLObject else None


if sys.version_info >= (3, 11):

    class _SSLProtocol(sslproto.SSLProtocol):
        def __init__(self, *args: Any, **named: Any) -> None:
            super().__init__(*args, **named)
            this: Any = self
            this._ssl_buffer = mmap.mmap(-1, this.max_size)
            this._ssl_buffer_view = memoryview(this._ssl_buffer)

        def _do_read__copied(self) -> None:
            this: Any = self
            native = _of_openssl(this._sslobj)
            if native is None:
                base: Any = super()
                base._do_read__copied()
                return
            incoming = this._incoming
            parts: list[bytes] = []
            part: bytes | None = None
            try:
                while True:
                    part = native.read(min(incoming.pending, _RECORD) or _RECORD)
                    if not part:
                        break
                    parts.append(part)
                    if not incoming.pending and not native.pending():
                        break
            except (ssl.SSLWantReadError, ssl.SSLSyscallError):
                pass
            if parts:
                data = parts[0] if len(parts) == 1 else b"".join(parts)
                this._app_protocol.data_received(data)
            if part is not None and not part:
                # close_notify
                this._call_eof_received()
                this._start_shutdown()

        def _write_appdata(self, list_of_data: Any) -> None:
            this: Any = self
            base: Any = super()
            native = _of_openssl(this._sslobj)
            if (
                native is None
                or this._state is not sslproto.SSLProtocolState.WRAPPED
                or this._write_backlog
                or len(list_of_data) != 1
            ):
                base._write_appdata(list_of_data)
                return
            (data,) = list_of_data
            try:
                count = native.write(data)
                if count < len(data):
                    base._write_appdata([data[count:]])
                else:
                    this._process_outgoing()
            except (ssl.SSLWantReadError, ssl.SSLSyscallError):
                base._write_appdata(list_of_data)
            except Exception as error:
                this._fatal_error(error, "Fatal error on SSL protocol")

    _SSLProtocol.__name__ = sslproto.SSLProtocol.__name__  # shows in repr()
    SSLProtocol = _SSLProtocol
