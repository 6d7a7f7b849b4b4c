"""Files on their way to sockets: by the system call, and where it cannot."""

import asyncio
import errno
import io
import os

import pytest

DATA = bytes(range(256)) * 8192  # more than a socket takes at once


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(DATA)
    with path.open("rb") as opened:
        yield opened


async def read_all(loop, sock):
    parts = []
    while part := await loop.sock_recv(sock, 1 << 16):
        parts.append(part)
    return b"".join(parts)


def send(loop, pair, *args, **kwargs):
    """What ``sock_sendfile`` returned, and what arrived."""

    async def main():
        left, right = pair
        reader = asyncio.ensure_future(read_all(loop, right))
        try:
            sent = await loop.sock_sendfile(left, *args, **kwargs)
        finally:
            left.close()
            received = await reader
        return sent, received

    return loop.run_until_complete(asyncio.wait_for(main(), 60))


def test_a_whole_file(loop, pair, file):
    assert send(loop, pair, file, fallback=False) == (len(DATA), DATA)
    assert file.tell() == len(DATA)


def test_a_part_of_a_file(loop, pair, file):
    sent, received = send(loop, pair, file, 1000, 500_000, fallback=False)
    assert sent == 500_000
    assert received == DATA[1000:501_000]
    assert file.tell() == 501_000


def test_more_than_there_is(loop, pair, file):
    offset = len(DATA) - 10
    assert send(loop, pair, file, offset, 100, fallback=False) == (10, DATA[-10:])


def test_an_empty_file(loop, pair, tmp_path):
    (tmp_path / "empty").touch()
    with (tmp_path / "empty").open("rb") as file:
        assert send(loop, pair, file, fallback=False) == (0, b"")


def test_what_is_no_file_is_read_and_sent(loop, pair):
    assert send(loop, pair, io.BytesIO(DATA)) == (len(DATA), DATA)


def test_what_is_no_file_is_refused_without_fallback(loop, pair):
    with pytest.raises(asyncio.SendfileNotAvailableError, match="not a regular file"):
        send(loop, pair, io.BytesIO(DATA), fallback=False)


def test_a_file_that_the_kernel_cannot_send_is_read_and_sent(loop, pair):
    read_end, write_end = os.pipe()
    os.write(write_end, b"data")
    os.close(write_end)
    with open(read_end, "rb", buffering=0) as pipe:
        with pytest.raises(asyncio.SendfileNotAvailableError):
            loop.run_until_complete(loop.sock_sendfile(pair[0], pipe, 0, 4, fallback=False))


def test_a_cancelled_sendfile_leaves_no_writer(loop, pair, tmp_path):
    path = tmp_path / "sparse"
    path.touch()
    os.truncate(path, 1 << 26)  # more than both ends have room for

    async def main():
        with path.open("rb") as file:
            await cancelled(loop.sock_sendfile(pair[0], file))

    async def cancelled(sending):
        task = asyncio.ensure_future(sending)
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        assert loop.remove_writer(pair[0]) is False

    loop.run_until_complete(main())


def test_a_transport_sends_a_file_between_what_is_written(loop, pair, file):
    left, right = pair

    async def main():
        transport, _ = await loop.create_connection(asyncio.Protocol, sock=left)
        reader = asyncio.ensure_future(read_all(loop, right))
        transport.write(b"before")
        assert await loop.sendfile(transport, file, fallback=False) == len(DATA)
        transport.write(b"after")
        transport.close()
        assert await reader == b"before" + DATA + b"after"

    loop.run_until_complete(asyncio.wait_for(main(), 60))


def test_os_sendfile(pair, file):
    left, right = pair
    number = file.fileno()
    assert os.sendfile(left.fileno(), number, 300, 5) == 5
    assert right.recv(100) == DATA[300:305]
    assert os.lseek(number, 0, os.SEEK_CUR) == 0
    assert os.sendfile(left.fileno(), number, None, 4) == 4
    assert right.recv(100) == DATA[:4]
    assert os.lseek(number, 0, os.SEEK_CUR) == 4
    assert os.sendfile(left.fileno(), number, len(DATA), 1) == 0


def test_os_sendfile_says_what_is_wrong(pair, file):
    left = pair[0].fileno()
    with pytest.raises(BlockingIOError):
        for _ in range(len(DATA)):
            os.sendfile(left, file.fileno(), 0, len(DATA))
    for args, number in (
        ((left, file.fileno(), -1, 1), errno.EINVAL),
        ((left, 1 << 20, 0, 1), errno.EBADF),
    ):
        with pytest.raises(OSError) as caught:
            os.sendfile(*args)
        assert caught.value.errno == number
