"""What the engine's ``ssl`` has otherwise than CPython's: certificates named by paths, certificates
that nobody verified, what errors say of them, and what a read takes of memory.

Its errors say what is wrong with a certificate in Java's words, and always have the code 1. It gives
out what is in a certificate that was not verified, where CPython gives an empty dict. A read of up to
N bytes makes an array of N for them, and keeps it as long as the bytes: asyncio's, 256 KiB for each
message and once more to see that there is no other.
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

# The engine's words, and OpenSSL's code and words.
_STRANGER = 20, "unable to get local issuer certificate"
_NOT_FOR = " mismatch, certificate is not valid for '{}'."
_NAME = 62, "Hostname" + _NOT_FOR
_FAULTS = [
    ("unable to find valid certification path", *_STRANGER),
    ("unable to get local issuer certificate", *_STRANGER),
    ("validity check failed", 10, "certificate has expired"),
    ("No subject alternative names", 64, "IP address" + _NOT_FOR),
    ("No subject alternative DNS name", *_NAME),
    ("No name matching", *_NAME),
]


def install() -> None:
    """Does nothing on other engines."""
    if sys.implementation.name != "graalpy" or ssl.SSLObject.do_handshake.__module__ == __name__:
        return
    context: Any = ssl.SSLContext
    context.load_cert_chain = _by_paths(context.load_cert_chain)
    context.load_verify_locations = _by_paths(context.load_verify_locations)
    context.wrap_bio = _wrap_bio(context.wrap_bio)
    memory: Any = ssl.SSLObject
    sock: Any = ssl.SSLSocket
    for kind in (memory, sock):
        kind.do_handshake = _do_handshake(kind.do_handshake)
        kind.getpeercert = _getpeercert(kind.getpeercert)
    memory.read = _read(memory.read, _what_came)
    sock.read = _read(sock.read, lambda sock: _RECORD)


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
            _explain(error, self.server_hostname)
            raise

    do_handshake.__module__ = __name__
    return do_handshake


def _explain(error: Any, name: str | None) -> None:
    text = str(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        for words, code, message in _FAULTS:
            if words in text:
                error.verify_code = code
                error.verify_message = message = message.format(name)
                error.library = "SSL"
                error.strerror = (
                    f"[SSL: {error.reason}] certificate verify failed: {message} (_ssl.c)"
                )
                error.args = (error.errno, error.strerror)
                return
    elif "Empty client certificate chain" in text:
        error.reason = "PEER_DID_NOT_RETURN_A_CERTIFICATE"


def _getpeercert(get: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(get)
    def getpeercert(self: Any, binary_form: bool = False) -> Any:
        certificate = get(self, binary_form)
        unverified = self.context.verify_mode == ssl.CERT_NONE
        return {} if certificate and unverified and not binary_form else certificate

    return getpeercert


def _wrap_bio(wrap: Callable[..., ssl.SSLObject]) -> Callable[..., ssl.SSLObject]:
    @wraps(wrap)
    def wrap_bio(self: Any, incoming: Any, *args: Any, **named: Any) -> Any:
        wrapped: Any = wrap(self, incoming, *args, **named)
        wrapped._incoming = incoming
        return wrapped

    return wrap_bio


def _what_came(memory: Any) -> int:
    # The rest of a record that was read in part comes alone; a whole one is longer than its text.
    return memory._sslobj.pending() or min(memory._incoming.pending, _RECORD) or 1


def _read(read: Callable[..., Any], most: Callable[[Any], int]) -> Callable[..., Any]:
    @wraps(read)
    def read_no_more(self: Any, len: int = 1024, buffer: Any = None) -> Any:
        return read(self, min(len, most(self)) if buffer is None else len, buffer)

    return read_no_more
