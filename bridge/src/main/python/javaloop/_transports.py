"""Transports of streams and datagrams; they hold their socket.

What is cold (opening, closing, flow control, end of file, sendfile) is asyncio's own. What is hot,
receiving and sending on streams, is on GraalPy single calls of Java on the descriptor, into and out
of the storage of Python's own objects (``SocketTransport`` here); on CPython its methods are Java's
(``_engines/cpython/transports.py``).
"""

from __future__ import annotations

import _socket
import errno
import os
from asyncio import constants
from asyncio.log import logger
from socket import SHUT_WR
from typing import TYPE_CHECKING, Any, cast

from javaloop import _host
from javaloop._asyncio import DatagramTransport as BaseDatagramTransport
from javaloop._asyncio import SelectorTransport, Socket
from javaloop._asyncio import SocketTransport as BaseSocketTransport

if TYPE_CHECKING:
    from javaloop._host import HostSendQueue, HostSockets

if _host.ON_GRAALPY:
    from polyglot import storage  # pyright: ignore # a module of GraalPy
else:
    storage: Any = None

_RETRY = (-errno.EAGAIN, -errno.EINTR)
_Plain: Any = _socket.socket
_LATER = constants.LOG_THRESHOLD_FOR_CONNLOST_WRITES


class Sockets:
    """A loop's way to the bytes of its sockets; what is received goes through one buffer."""

    def __init__(self, host: HostSockets) -> None:
        self.receive = host.receive
        self.receive_into = host.receiveInto
        self.new_queue = host.newQueue
        inbox = bytearray(BaseSocketTransport.max_size)
        host.useInbox(storage(inbox))
        self.inbox = memoryview(inbox)


def fits(sock: Any) -> bool:
    """Whether this is a socket and no more: one that redefines what is done here keeps its way."""
    kind: Any = sock.__class__
    return (
        issubclass(kind, Socket)
        and kind.recv is _Plain.recv
        and kind.recv_into is _Plain.recv_into
        and kind.send is _Plain.send
    )


class _Unsent:
    """The way out of a socket, and what there was no room for: both in Java, for any thread.

    Its length is in bytes.
    """

    __slots__ = ("clear", "send", "size", "write")

    def __init__(self, queue: HostSendQueue) -> None:
        self.write = queue.write
        self.send = queue.send
        self.size = queue.size
        self.clear = queue.clear

    def __len__(self) -> int:
        return self.size()


class Holder(SelectorTransport):
    """Keeps the socket's descriptor until the transport's end.

    As a file over a socket does: whoever closes the Python socket meanwhile cannot hand its number
    to somebody else.
    """

    def __init__(self, loop: Any, sock: Any, *args: Any) -> None:
        super().__init__(loop, sock, *args)
        sock._io_refs += 1

    def _call_connection_lost(self, exc: BaseException | None) -> None:
        sock = self._sock
        if sock is None:
            return  # asyncio's own ends twice when it is closed in resume_writing
        try:
            super()._call_connection_lost(exc)
        finally:
            sock._decref_socketios()

    def __del__(self, *args: Any) -> None:
        sock = self._sock
        super().__del__(*args)
        if sock is not None:
            sock._decref_socketios()


class SocketTransport(Holder, BaseSocketTransport):
    def __init__(
        self,
        loop: Any,
        sock: Any,
        protocol: Any,
        waiter: Any = None,
        extra: Any = None,
        server: Any = None,
    ) -> None:
        super().__init__(loop, sock, protocol, waiter, extra, server)
        self._sockets: Sockets = loop._sockets()
        self._buffer = _Unsent(self._sockets.new_queue())
        self._write_ready = self._send_waiting

    def _fd(self) -> int:
        """The descriptor; once somebody closed or detached the socket, one that there is not."""
        return -1 if self._sock._closed else self._sock_fd

    # --- reading

    def _read_ready__data_received(self) -> None:
        if self._conn_lost:
            return
        sockets = self._sockets
        count = sockets.receive(self._fd(), self.max_size)
        if count <= 0:
            self._nothing_received(count)
            return
        with sockets.inbox[:count] as part:
            data = bytes(part)  # a view that is not released costs seven times as much
        try:
            self._protocol.data_received(data)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self._fatal_error(exc, "Fatal error: protocol.data_received() call failed.")

    def _read_ready__get_buffer(self) -> None:
        if self._conn_lost:
            return
        try:
            buffer = self._protocol.get_buffer(-1)
            if not len(buffer):
                raise RuntimeError("get_buffer() returned an empty buffer")
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self._fatal_error(exc, "Fatal error: protocol.get_buffer() call failed.")
            return
        try:
            count = self._receive_into(buffer)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self._fatal_error(exc, "Fatal read error on socket transport")
            return
        if count <= 0:
            self._nothing_received(count)
            return
        try:
            self._protocol.buffer_updated(count)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self._fatal_error(exc, "Fatal error: protocol.buffer_updated() call failed.")

    def _receive_into(self, buffer: Any) -> int:
        whole: Any = buffer
        if type(whole) is memoryview:
            whole = None if buffer.readonly or buffer.nbytes != len(buffer.obj) else buffer.obj
        if type(whole) is bytearray:
            return self._sockets.receive_into(self._fd(), storage(whole), len(whole))
        view = memoryview(buffer).cast("B")
        if view.readonly:
            raise TypeError(f"a read-write bytes-like object is required, not {buffer!r}")
        sockets = self._sockets
        count = sockets.receive(self._fd(), len(view))
        if count > 0:
            with sockets.inbox[:count] as part:
                view[:count] = part
        return count

    def _nothing_received(self, result: int) -> None:
        if result == 0:
            self._read_ready__on_eof()
        elif result not in _RETRY:
            self._fatal_error(error_of(result), "Fatal read error on socket transport")

    # --- writing

    def write(self, data: Any) -> None:
        is_bytes = type(data) is bytes
        if not is_bytes and not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(
                f"data argument must be a bytes-like object, not {type(data).__name__!r}"
            )
        if self._eof:
            raise RuntimeError("Cannot call write() after write_eof()")
        if self._empty_waiter is not None:
            raise RuntimeError("unable to write; sendfile is in progress")
        if not data:
            return
        if self._conn_lost:
            if self._conn_lost >= _LATER:
                logger.warning("socket.send() raised exception.")
            self._conn_lost += 1
            return
        if not is_bytes:
            if _has_gaps(data):
                error = BufferError("memoryview: underlying buffer is not C-contiguous")
                self._fatal_error(error, "Fatal write error on socket transport")
                return
            data = bytes(cast(Any, data))
        length = len(data)
        waiting = self._buffer.write(self._fd(), storage(data), length)
        if not waiting:
            return
        if waiting < 0:
            self._fatal_error(error_of(waiting), "Fatal write error on socket transport")
            return
        if waiting <= length:  # nothing did before
            self._loop._add_writer(self._sock_fd, self._write_ready)
        self._maybe_pause_protocol()

    def writelines(self, list_of_data: Any) -> None:
        if self._eof:
            raise RuntimeError("Cannot call writelines() after write_eof()")
        if self._empty_waiter is not None:
            raise RuntimeError("unable to writelines; sendfile is in progress")
        if not list_of_data:
            return
        parts = [part if type(part) is bytes else memoryview(part) for part in list_of_data]
        for part in parts:
            if _has_gaps(part):
                self.write(part)  # which fails
                return
        self.write(b"".join(parts))

    def _send_waiting(self) -> None:
        if self._conn_lost:
            return
        unsent = self._buffer
        result = unsent.send(self._fd())
        if result in _RETRY:
            return
        if result < 0:
            error = error_of(result)
            self._loop._remove_writer(self._sock_fd)
            unsent.clear()
            self._fatal_error(error, "Fatal write error on socket transport")
            if self._empty_waiter is not None:
                self._empty_waiter.set_exception(error)
            return
        self._maybe_resume_protocol()  # may write more, or close
        if unsent or self._conn_lost:
            return
        self._loop._remove_writer(self._sock_fd)
        if unsent:
            # Another thread has written just now; its add_writer may have come before the removal.
            self._loop._add_writer(self._sock_fd, self._write_ready)
            return
        if self._empty_waiter is not None:
            self._empty_waiter.set_result(None)
        if self._closing:
            self._call_connection_lost(None)
        elif self._eof:
            self._sock.shutdown(SHUT_WR)

    def get_write_buffer_size(self) -> int:
        return self._buffer.size()


class DatagramTransport(Holder, BaseDatagramTransport):
    def _is_there(self) -> bool:
        """Whether the socket is; ends the transport when somebody closed or detached it."""
        sock = self._sock
        if sock is None or not sock._closed:
            return True
        if not self._conn_lost:
            self._fatal_error(error_of(-errno.EBADF), "The socket was closed under its transport")
        return False

    def _read_ready(self) -> None:
        if self._is_there():
            super()._read_ready()

    def sendto(self, data: Any, addr: Any = None) -> None:
        if self._is_there():
            super().sendto(data, addr)

    def _sendto_ready(self) -> None:
        if self._is_there():
            super()._sendto_ready()


def _has_gaps(data: Any) -> bool:
    return type(data) is memoryview and not data.c_contiguous and len(data) > 0


def error_of(result: int) -> OSError:
    """The error of a call of Java that gave a negated error number."""
    return OSError(-result, os.strerror(-result))


# Shows in repr().
SocketTransport.__name__ = BaseSocketTransport.__name__
DatagramTransport.__name__ = BaseDatagramTransport.__name__
