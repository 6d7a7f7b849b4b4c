"""add_reader, add_writer and their ends, on pipes and sockets."""

import asyncio
import contextlib
import errno
import os
import socket
import threading

import pytest


@pytest.fixture
def pipe():
    ends = list(os.pipe())
    for end in ends:
        os.set_blocking(end, False)
    yield ends
    for end in ends:
        with contextlib.suppress(OSError):
            os.close(end)


def test_a_reader_is_called_when_there_is_something_to_read(loop, one_pass, pipe):
    seen = []
    read_end, write_end = pipe
    loop.add_reader(read_end, lambda *args: seen.append((args, os.read(read_end, 10))), 1, 2)
    one_pass()
    assert seen == []
    os.write(write_end, b"data")
    one_pass()
    assert seen == [((1, 2), b"data")]
    assert loop.remove_reader(read_end) is True
    os.write(write_end, b"more")
    one_pass()
    assert len(seen) == 1


def test_a_writer_is_called_when_there_is_room(loop, one_pass, pipe):
    seen = []
    loop.add_writer(pipe[1], seen.append, "room")
    one_pass()
    assert seen == ["room"]
    assert loop.remove_writer(pipe[1]) is True
    one_pass()
    assert seen == ["room"]


def test_a_full_pipe_has_no_room(loop, one_pass, pipe):
    read_end, write_end = pipe
    with pytest.raises(BlockingIOError):
        while True:
            os.write(write_end, b"x" * 65536)
    seen = []
    loop.add_writer(write_end, seen.append, "room")
    one_pass()
    assert seen == []
    with pytest.raises(BlockingIOError):
        while True:
            os.read(read_end, 65536)
    one_pass()
    assert seen == ["room"]
    loop.remove_writer(write_end)


def test_readers_are_level_triggered(loop, one_pass, pipe):
    seen = []
    os.write(pipe[1], b"data")
    loop.add_reader(pipe[0], seen.append, 1)
    for _ in range(3):
        one_pass()
    assert seen == [1, 1, 1]
    loop.remove_reader(pipe[0])


def test_both_directions_of_one_socket(loop, one_pass, pair):
    seen = []
    left, right = pair
    loop.add_reader(left, seen.append, "read")
    loop.add_writer(left, seen.append, "write")
    one_pass()
    assert seen == ["write"]
    right.send(b"x")
    one_pass()
    assert seen == ["write", "read", "write"]
    assert loop.remove_writer(left)
    one_pass()
    assert seen == ["write", "read", "write", "read"]
    assert loop.remove_reader(left)
    one_pass()
    assert seen == ["write", "read", "write", "read"]


def test_a_file_object_and_its_number_are_the_same(loop, one_pass, pair):
    seen = []
    left, right = pair
    loop.add_reader(left, seen.append, "object")
    loop.add_reader(left.fileno(), seen.append, "number")
    right.send(b"x")
    one_pass()
    assert seen == ["number"]
    assert loop.remove_reader(left) is True
    assert loop.remove_reader(left.fileno()) is False


def test_a_second_callback_takes_the_place_of_the_first(loop, one_pass, pair):
    seen = []
    left, right = pair
    right.send(b"x")
    loop.add_reader(left, seen.append, "first")
    loop.add_reader(left, seen.append, "second")
    one_pass()
    assert seen == ["second"]
    loop.remove_reader(left)


def test_replacing_the_reader_keeps_the_writer(loop, one_pass, pair):
    seen = []
    left, right = pair
    right.send(b"x")
    loop.add_writer(left, seen.append, "writer")
    loop.add_reader(left, seen.append, "first")
    loop.add_reader(left, seen.append, "second")
    one_pass()
    assert seen == ["second", "writer"]
    loop.remove_reader(left)
    one_pass()
    assert seen == ["second", "writer", "writer"]
    loop.remove_writer(left)


def test_a_callback_removes_itself(loop, one_pass, pair):
    seen = []
    left, right = pair

    def read():
        seen.append(1)
        loop.remove_reader(left)

    loop.add_reader(left, read)
    right.send(b"x")
    one_pass()
    one_pass()
    assert seen == [1]


def test_a_callback_removes_another_that_is_ready_in_the_same_pass(loop, one_pass):
    pairs = [socket.socketpair() for _ in range(2)]
    seen = []
    try:

        def read(me, other):
            seen.append(me)
            loop.remove_reader(pairs[other][0])

        for me, other in ((0, 1), (1, 0)):
            loop.add_reader(pairs[me][0], read, me, other)
            pairs[me][1].send(b"x")
        one_pass()
        assert len(seen) == 1
        loop.remove_reader(pairs[seen[0]][0])
    finally:
        for left, right in pairs:
            left.close()
            right.close()


def test_a_callback_replaces_itself(loop, one_pass, pair):
    seen = []
    left, right = pair
    loop.add_reader(
        left, lambda: (seen.append("first"), loop.add_reader(left, seen.append, "second"))
    )
    right.send(b"x")
    one_pass()
    one_pass()
    assert seen == ["first", "second"]
    loop.remove_reader(left)


def test_removing_what_was_not_added(loop, pair):
    assert loop.remove_reader(pair[0]) is False
    assert loop.remove_writer(pair[0]) is False
    loop.add_writer(pair[0], print)
    assert loop.remove_reader(pair[0]) is False
    assert loop.remove_writer(pair[0]) is True
    assert loop.remove_writer(pair[0]) is False


def test_the_end_of_the_other_side_is_something_to_read(loop, one_pass, pipe):
    seen = []
    loop.add_reader(pipe[0], lambda: seen.append(os.read(pipe[0], 10)))
    os.close(pipe[1])
    one_pass()
    loop.remove_reader(pipe[0])
    assert seen == [b""]


def test_a_reader_that_went_away_wakes_the_writer(loop, one_pass, pipe):
    seen = []
    loop.add_writer(pipe[1], seen.append, "writer")
    os.close(pipe[0])
    one_pass()
    loop.remove_writer(pipe[1])
    assert seen == ["writer"]


def test_a_regular_file_is_refused(loop, tmp_path):
    with (tmp_path / "file").open("w+b") as file:
        for add in (loop.add_reader, loop.add_writer):
            with pytest.raises(PermissionError) as caught:
                add(file, print)
            assert caught.value.errno == errno.EPERM
        assert loop.remove_reader(file) is False


def test_a_refused_descriptor_leaves_no_trace(loop, one_pass, tmp_path):
    with (tmp_path / "file").open("w+b") as file:
        for _ in range(2):
            with pytest.raises(PermissionError):
                loop.add_reader(file, print)
    one_pass()


def test_a_closed_descriptor_is_refused(loop):
    left, right = socket.socketpair()
    number = left.fileno()
    left.close()
    right.close()
    with pytest.raises(OSError) as caught:
        loop.add_reader(number, print)
    assert caught.value.errno == errno.EBADF
    with pytest.raises(ValueError, match="Invalid file"):
        loop.add_reader(left, print)


@pytest.mark.parametrize("bad", [-1, "x", 1.5, None])
def test_what_is_no_descriptor(loop, bad):
    with pytest.raises(ValueError):
        loop.add_reader(bad, print)


def test_a_descriptor_that_was_closed_and_reused_is_a_new_one(loop, one_pass):
    seen = []
    left, right = socket.socketpair()
    number = left.fileno()
    loop.add_reader(left, seen.append, "old")
    loop.remove_reader(left)
    read_end, write_end = os.pipe()
    left.close()
    right.close()
    try:
        os.dup2(read_end, number)
        loop.add_reader(number, seen.append, "new")
        os.write(write_end, b"x")
        one_pass()
        loop.remove_reader(number)
        os.close(number)
    finally:
        os.close(read_end)
        os.close(write_end)
    assert seen == ["new"]


def test_a_transports_descriptor_is_the_transports(loop):
    left, right = socket.socketpair()
    left.setblocking(False)
    right.setblocking(False)

    async def main():
        transport, _ = await loop.create_connection(asyncio.Protocol, sock=left)
        with pytest.raises(RuntimeError, match="is used by transport"):
            loop.add_reader(left.fileno(), print)
        transport.close()
        await asyncio.sleep(0)

    with right:
        loop.run_until_complete(main())


def test_many_descriptors_in_one_pass(loop, one_pass):
    pairs = [socket.socketpair() for _ in range(200)]
    seen = []
    try:
        for i, (left, right) in enumerate(pairs):
            loop.add_reader(left, seen.append, i)
            right.send(b"x")
        # One poll may bring only some of them.
        for _ in range(5):
            one_pass()
        assert set(seen) == set(range(200))
        for left, _ in pairs:
            assert loop.remove_reader(left)
    finally:
        for left, right in pairs:
            left.close()
            right.close()


def test_data_wakes_a_loop_that_waits(loop, pair):
    left, right = pair
    seen = []

    def read():
        seen.append(left.recv(10))
        loop.stop()

    loop.add_reader(left, read)
    loop.call_later(3600, pytest.fail)
    loop.call_soon(lambda: threading.Thread(target=right.send, args=(b"x",)).start())
    loop.run_forever()
    loop.remove_reader(left)
    assert seen == [b"x"]


def test_a_reader_that_was_added_by_a_callback_is_polled(loop, one_pass, pair):
    left, right = pair
    seen = []
    right.send(b"x")
    loop.call_soon(loop.add_reader, left, seen.append, 1)
    one_pass()
    one_pass()
    loop.remove_reader(left)
    assert seen == [1]


def test_sock_methods_on_a_socketpair(loop, pair):
    left, right = pair

    async def main():
        receiver = asyncio.create_task(loop.sock_recv(left, 100))
        await asyncio.sleep(0)
        await loop.sock_sendall(right, b"hello")
        assert await receiver == b"hello"
        buffer = bytearray(10)
        await loop.sock_sendall(right, b"again")
        assert await loop.sock_recv_into(left, buffer) == 5
        assert buffer[:5] == b"again"

    loop.run_until_complete(main())


def test_a_cancelled_sock_recv_leaves_no_reader(loop, pair):
    left, _ = pair

    async def main():
        receiver = asyncio.create_task(loop.sock_recv(left, 100))
        await asyncio.sleep(0)
        receiver.cancel()
        await asyncio.wait([receiver])
        assert loop.remove_reader(left) is False

    loop.run_until_complete(main())


def test_a_closed_loop_refuses(loop, pair):
    loop.close()
    with pytest.raises(RuntimeError, match="Event loop is closed"):
        loop.add_reader(pair[0], print)
    with pytest.raises(RuntimeError, match="Event loop is closed"):
        loop.add_writer(pair[0], print)
