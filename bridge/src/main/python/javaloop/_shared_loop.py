"""What loops have in common on every engine: transports, errors, counters."""

from __future__ import annotations

import asyncio
from asyncio import base_events, events, tasks
from typing import Any, NamedTuple

from javaloop import _source_tracebacks, _tracebacks
from javaloop._asyncio import BaseLoop, Socket

_base_events: Any = base_events

_source_tracebacks.install()


class LoopStats(NamedTuple):
    """What Java counted since the loop was made.

    On CPython a pass that would find nothing in Java is run without it, and not counted; nor are
    timers that have become asyncio's.
    """

    passes: int
    polls: int
    blocking_polls: int
    timers_scheduled: int
    timers_fired: int
    timers_cancelled: int
    posts: int
    wakeups: int
    descriptor_events: int
    longest_pass_nanos: int


class SharedLoop(BaseLoop):
    """Makes transports that hold what they use, and reports errors without this package's frames."""

    def _run_timed(self, handle: Any) -> None:
        try:
            self._current_handle = handle
            began = self.time()
            handle._run()
            took = self.time() - began
            if took >= self.slow_callback_duration:
                _base_events.logger.warning(
                    "Executing %s took %.3f seconds",
                    _format_handle(handle),
                    took,
                )
        finally:
            self._current_handle = None
            handle = None  # an exception that a task keeps may keep this frame

    # --- transports

    def _make_socket_transport(
        self,
        sock: Any,
        protocol: Any,
        waiter: Any = None,
        *,
        extra: Any = None,
        server: Any = None,
    ) -> asyncio.Transport:
        from javaloop import _transports

        if not _transports.fits(sock):
            return super()._make_socket_transport(
                sock, protocol, waiter, extra=extra, server=server
            )
        self._ensure_fd_no_transport(sock)
        kind = self._kind_of_socket_transport()
        return kind(self, sock, protocol, waiter, extra, server)

    def _kind_of_ssl_protocol(self) -> Any:
        from asyncio import sslproto

        return sslproto.SSLProtocol

    def _kind_of_socket_transport(self) -> Any:
        from javaloop import _transports

        return _transports.SocketTransport

    def _make_ssl_transport(
        self,
        rawsock: Any,
        protocol: Any,
        sslcontext: Any,
        waiter: Any = None,
        *,
        server_side: bool = False,
        server_hostname: str | None = None,
        extra: Any = None,
        server: Any = None,
        **limits: Any,
    ) -> asyncio.Transport:
        self._ensure_fd_no_transport(rawsock)
        tls: Any = self._kind_of_ssl_protocol()(
            self, protocol, sslcontext, waiter, server_side, server_hostname, **limits
        )
        self._make_socket_transport(rawsock, tls, extra=extra, server=server)
        return tls._app_transport

    def _make_datagram_transport(
        self, sock: Any, protocol: Any, address: Any = None, waiter: Any = None, extra: Any = None
    ) -> asyncio.DatagramTransport:
        if not isinstance(sock, Socket):
            return super()._make_datagram_transport(sock, protocol, address, waiter, extra)
        from javaloop import _transports

        self._ensure_fd_no_transport(sock)
        return _transports.DatagramTransport(self, sock, protocol, address, waiter, extra)

    def _make_read_pipe_transport(
        self, pipe: Any, protocol: Any, waiter: Any = None, extra: Any = None
    ) -> asyncio.ReadTransport:
        from javaloop import _pipes

        make = _pipes.ReadPipeTransport
        return _pipes.transport_over(make, self, pipe, protocol, waiter, extra)

    def _make_write_pipe_transport(
        self, pipe: Any, protocol: Any, waiter: Any = None, extra: Any = None
    ) -> asyncio.WriteTransport:
        from javaloop import _pipes

        make = _pipes.WritePipeTransport
        return _pipes.transport_over(make, self, pipe, protocol, waiter, extra)

    async def _sock_sendfile_native(
        self, sock: Any, file: Any, offset: int, count: int | None
    ) -> int:
        from javaloop import _pipes

        try:
            own = _pipes.Duplicate(file)
        except (AttributeError, OSError, ValueError):  # io.UnsupportedOperation; a negative number
            raise asyncio.SendfileNotAvailableError("not a regular file") from None
        try:
            return await super()._sock_sendfile_native(sock, own, offset, count)
        finally:
            own.release()

    # --- closing

    def _close_self_pipe(self) -> None:
        if self._ssock is not None and self._ssock.fileno() < 0:
            # A loop that nobody closed: the collector was at its sockets first, and 3.10 does not expect that.
            self._ssock = self._csock = None
            self._internal_fds -= 1
        else:
            super()._close_self_pipe()

    # --- errors

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if error is not None:
            _tracebacks.clean(error)
        super().call_exception_handler(context)


def _format_handle(handle: events.Handle) -> str:
    callback = handle._callback
    if isinstance(getattr(callback, "__self__", None), tasks.Task):
        return repr(callback.__self__)
    return str(handle)
