"""What several test files share."""

import asyncio
import os
import socket
import struct
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent

IN_JVM = sys.implementation.name == "graalpy" or "_javaloop" in sys.modules

# What starts a python like this one.
PYTHON = [sys.executable]
if IN_JVM and sys.implementation.name == "cpython":
    _engine = "jep" if "javaloop._by_jep" in sys.modules else "cpython"
    PYTHON = [str(_ROOT / "javaloop"), "--engine", _engine, "--python", sys.executable]


class Noting(asyncio.BaseProtocol):
    """Notes what it is told; ``raises`` names a callback that fails, ``closes`` one that closes."""

    def __init__(self, raises=None, closes=None):
        self.raises = raises
        self.closes = closes
        self.calls = []
        self.lost = asyncio.get_running_loop().create_future()

    def note(self, name):
        self.calls.append(name)
        if name == self.closes:
            self.transport.close()
        if name == self.raises:
            raise ZeroDivisionError(name)

    def connection_made(self, transport):
        self.transport = transport
        self.note("connection_made")

    def pause_writing(self):
        self.note("pause_writing")

    def resume_writing(self):
        self.note("resume_writing")

    def connection_lost(self, exc):
        self.lost.set_result(exc)
        self.note("connection_lost")


class Recorder(Noting, asyncio.Protocol):
    """Keeps the bytes of a stream."""

    def __init__(self, raises=None, closes=None):
        super().__init__(raises, closes)
        self.data = bytearray()

    def data_received(self, data):
        assert type(data) is bytes
        self.data += data
        self.note("data_received")

    def eof_received(self):
        self.note("eof_received")


async def until(condition):
    while not condition():
        await asyncio.sleep(0)


def reset(sock):
    """Closes with a reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def descriptors():
    """How many this process has open."""
    return len(os.listdir("/proc/self/fd"))
