"""What the engine's ``ssl`` leaves out: certificates named by paths, and what their errors are about.

Its errors say what is wrong with a certificate in Java's words, and always have the code 1.
"""

from __future__ import annotations

import ssl
import sys
from functools import wraps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

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
    for kind in (ssl.SSLObject, ssl.SSLSocket):
        kind.do_handshake = _do_handshake(kind.do_handshake)


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
