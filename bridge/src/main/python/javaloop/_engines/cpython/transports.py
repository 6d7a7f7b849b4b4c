"""Transports of stream sockets on CPython: Java receives for the protocol and sends.

Java sets ``_read_ready`` and ``write`` on the class (``SocketTransports.java``) and reads the slots.
Everything else is asyncio's: opening, closing, flow control, what has to wait until it can be sent.
"""

from __future__ import annotations

import socket
from asyncio import BufferedProtocol
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from javaloop._asyncio import SocketTransport as BaseSocketTransport
from javaloop._engines.cpython import java_methods
from javaloop._transports import Holder, error_of


class SocketTransport(Holder, BaseSocketTransport):
    # What Java reads.
    __slots__ = (
        "_buffer",
        "_conn_lost",
        "_empty_waiter",
        "_eof",
        "_kept_sock",
        "_protocol",
        "_sock_fd",
        "_takes_data",
        "max_size",
    )

    if TYPE_CHECKING:
        _kept_sock: Any
        _takes_data: bool
        max_size: int

    def __init__(self, loop: Any, sock: Any, *args: Any) -> None:
        self.max_size = BaseSocketTransport.max_size
        self._kept_sock = sock
        super().__init__(loop, sock, *args)

    def set_protocol(self, protocol: Any) -> None:
        super().set_protocol(protocol)
        self._takes_data = not isinstance(protocol, BufferedProtocol)


SocketTransport.__name__ = BaseSocketTransport.__name__  # shows in repr()


# --- the plain ways, for what the fast ones are not for


def _read_failed(self: Any, result: int) -> None:
    self._fatal_error(error_of(result), "Fatal read error on socket transport")


def _write_failed(self: Any, result: int) -> None:
    self._fatal_error(error_of(result), "Fatal write error on socket transport")


def _write_rest(self: Any, data: bytes, sent: int) -> None:
    """Keeps what there was no room for, as ``write`` does after it has tried to send."""
    self._loop._add_writer(self._sock_fd, self._write_ready)
    rest = memoryview(data)[sent:]
    self._buffer.extend(rest) if isinstance(self._buffer, bytearray) else self._buffer.append(rest)
    self._maybe_pause_protocol()


def _end_of_file(self: Any) -> None:
    self._read_ready__on_eof()


def _no_buffer(self: Any, error: BaseException) -> None:
    self._fatal_error(error, "Fatal read error on socket transport")


def _empty_buffer(self: Any) -> None:
    _get_buffer_failed(self, RuntimeError("get_buffer() returned an empty buffer"))


def _data_received_failed(self: Any, error: BaseException) -> None:
    self._fatal_error(error, "Fatal error: protocol.data_received() call failed.")


def _get_buffer_failed(self: Any, error: BaseException) -> None:
    self._fatal_error(error, "Fatal error: protocol.get_buffer() call failed.")


def _buffer_updated_failed(self: Any, error: BaseException) -> None:
    self._fatal_error(error, "Fatal error: protocol.buffer_updated() call failed.")


def _install() -> None:
    import _javaloop  # pyright: ignore # made by Java

    class Probe(SocketTransport):
        __slots__ = ()

        def __del__(self, *_: Any) -> None: ...

    closed = socket.socket()
    closed.close()
    base: Any = BaseSocketTransport
    plain = SimpleNamespace(
        read_ready=base._read_ready,
        write=base.write,
        read_failed=_read_failed,
        write_failed=_write_failed,
        write_rest=_write_rest,
        end_of_file=_end_of_file,
        no_buffer=_no_buffer,
        empty_buffer=_empty_buffer,
        data_received_failed=_data_received_failed,
        get_buffer_failed=_get_buffer_failed,
        buffer_updated_failed=_buffer_updated_failed,
    )
    _javaloop.install_transport(SocketTransport, Probe, closed, plain)  # pyright: ignore


def leave_java() -> None:
    """In a forked child: the class is asyncio's."""
    java_methods.leave(SocketTransport)


_install()
