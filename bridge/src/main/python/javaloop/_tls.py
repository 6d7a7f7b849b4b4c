"""What the engine's ``ssl`` leaves out: certificates named by paths, what their errors are about,
and reads that take no more memory than they give.

Its errors say what is wrong with a certificate in Java's words, and always have the code 1. A read
of up to N bytes makes an array of N for them, and keeps it as long as the bytes: asyncio's, 256 KiB
for each message and once more to see that there is no other.
"""

from __future__ import annotations

import ssl
import sys
from functools import wraps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_RECORD = (1 << 14) + 256  # the longest that there is, RFC 8446, 5.2; a read gives one's text

# Java's words, and OpenSSL's code and words.
_FAULTS = [
    ("unable to find valid certification path", 20, "unable to get local issuer certificate"),
    ("validity check failed", 10, "certificate has expired"),
    ("No subject alternative names", 64, "IP address mismatch"),
    ("No subject alternative DNS name", 62, "Hostname mismatch"),
    ("No name matching", 62, "Hostname mismatch"),
]


def install() -> None:
    """Does nothing on other engines."""
    if sys.implementation.name != "graalpy" or ssl.SSLObject.do_handshake.__module__ == __name__:
        return
    context: Any = ssl.SSLContext
    context.load_cert_chain = _by_paths(context.load_cert_chain)
    context.load_verify_locations = _by_paths(context.load_verify_locations)
    context.wrap_bio = _wrap_bio(context.wrap_bio)
    for kind in (ssl.SSLObject, ssl.SSLSocket):
        kind.do_handshake = _do_handshake(kind.do_handshake)
    ssl.SSLObject.read = _read_what_came(ssl.SSLObject.read)
    ssl.SSLSocket.read = _read_a_record(ssl.SSLSocket.read)


def _by_paths(load: Callable[..., None]) -> Callable[..., None]:
    @wraps(load)
    def load_by_paths(self: Any, *names: Any, **named: Any) -> None:
        load(self, *map(_name, names), **{key: _name(value) for key, value in named.items()})

    return load_by_paths


def _name(value: Any) -> Any:
    return getattr(value, "__fspath__", lambda: value)()


def _do_handshake(shake: Callable[..., None]) -> Callable[..., None]:
    @wraps(shake)
    def do_handshake(self: Any, *args: Any, **options: Any) -> None:
        try:
            shake(self, *args, **options)
        except ssl.SSLError as error:
            _explain(error)
            raise

    do_handshake.__module__ = __name__
    return do_handshake


def _explain(error: Any) -> None:
    text = str(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        for words, code, message in _FAULTS:
            if words in text:
                error.verify_code = code
                error.verify_message = message
                return
    elif "Empty client certificate chain" in text:
        error.reason = "PEER_DID_NOT_RETURN_A_CERTIFICATE"


def _wrap_bio(wrap: Callable[..., ssl.SSLObject]) -> Callable[..., ssl.SSLObject]:
    @wraps(wrap)
    def wrap_bio(self: Any, incoming: Any, *args: Any, **named: Any) -> Any:
        wrapped: Any = wrap(self, incoming, *args, **named)
        wrapped._incoming = incoming
        return wrapped

    return wrap_bio


def _read_what_came(read: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(read)
    def read_what_came(self: Any, len: int = 1024, buffer: Any = None) -> Any:
        if buffer is not None:
            return read(self, len, buffer)
        # The rest of a record that was read in part comes alone; a whole one is longer than its text.
        there = self._sslobj.pending() or min(self._incoming.pending, _RECORD) or 1
        return self._sslobj.read(min(len, there))

    return read_what_came


def _read_a_record(read: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(read)
    def read_a_record(self: Any, len: int = 1024, buffer: Any = None) -> Any:
        return read(self, len if buffer is not None else min(len, _RECORD), buffer)

    return read_a_record
