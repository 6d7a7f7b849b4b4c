"""``fcntl.fcntl``, which the engine may lack and libraries ask for."""

import errno
import fcntl
import os
import socket

import pytest


def test_flags(tmp_path):
    with socket.socket() as sock:
        assert fcntl.fcntl(sock, fcntl.F_GETFD) == fcntl.FD_CLOEXEC
        assert fcntl.fcntl(sock.fileno(), fcntl.F_SETFD, 0) == 0
        assert os.get_inheritable(sock.fileno())
        flags = fcntl.fcntl(sock, fcntl.F_GETFL)
        fcntl.fcntl(sock, fcntl.F_SETFL, flags | os.O_NONBLOCK)
        assert not os.get_blocking(sock.fileno())


def test_another_number():
    with socket.socket() as sock:
        number = fcntl.fcntl(sock, fcntl.F_DUPFD_CLOEXEC, 500)
        try:
            assert number >= 500
            assert not os.get_inheritable(number)
        finally:
            os.close(number)


def test_what_is_wrong():
    with pytest.raises(OSError) as caught:
        fcntl.fcntl(1 << 20, fcntl.F_GETFD)
    assert caught.value.errno == errno.EBADF
