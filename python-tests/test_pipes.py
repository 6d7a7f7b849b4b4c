"""Pipe transports on all that they are for: pipes, FIFOs, terminals, sockets and devices."""

import asyncio
import contextlib
import errno
import os
import socket
import subprocess

import helpers
import pytest
from helpers import descriptors, until

BIG = bytes(range(256)) * (1 << 11)  # half a MiB, more than a pipe holds


class Recorder(helpers.Recorder):
    def connection_lost(self, exc):
        if not self.lost.done():
            self.lost.set_result(exc)
        self.note("connection_lost")

    async def end(self):
        """Closes and waits until asyncio has closed the pipe as well."""
        self.transport.close()
        return await self.ended()

    async def ended(self):
        error = await self.lost
        await asyncio.sleep(0)
        return error


async def reading(file, make=Recorder):
    return (await asyncio.get_running_loop().connect_read_pipe(make, file))[1]


async def writing(file, make=Recorder):
    return (await asyncio.get_running_loop().connect_write_pipe(make, file))[1]


def reader_of(number):
    return os.fdopen(number, "rb", buffering=0)


def writer_of(number):
    return os.fdopen(number, "wb", buffering=0)


@contextlib.contextmanager
def pipe():
    read_end, write_end = os.pipe()
    with reader_of(read_end) as source, writer_of(write_end) as sink:
        yield source, sink


# --- kinds


def open_pipe(tmp_path):
    source, sink = os.pipe()
    return reader_of(source), writer_of(sink)


def open_fifo(tmp_path):
    path = str(tmp_path / "fifo")
    if hasattr(os, "mkfifo"):
        os.mkfifo(path)
    else:
        subprocess.run(["mkfifo", path], check=True)
    source = reader_of(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    return source, writer_of(os.open(path, os.O_WRONLY))


def open_sockets(tmp_path):
    return socket.socketpair()


KINDS = {"pipe": open_pipe, "fifo": open_fifo, "socket": open_sockets}


@pytest.mark.parametrize("kind", KINDS)
def test_bytes_go_through_whole_and_in_order(run, kind, tmp_path):
    async def main():
        source, sink = KINDS[kind](tmp_path)
        reader, writer = await reading(source), await writing(sink)
        for piece in (BIG, bytearray(b"one"), memoryview(b"xtwox")[1:4], b""):
            writer.transport.write(piece)
        writer.transport.writelines([b"th", b"ree"])
        assert await writer.end() is None
        assert await reader.ended() is None
        assert reader.data == BIG + b"onetwothree"
        assert reader.calls[-2:] == ["eof_received", "connection_lost"]
        assert source.fileno() == sink.fileno() == -1 if kind == "socket" else source.closed

    run(main())


def test_a_terminal(run):
    async def main():
        master, slave = os.openpty()
        reader, writer = await reading(reader_of(master)), await writing(writer_of(slave))
        writer.transport.write(b"text\n")
        await until(lambda: reader.data == b"text\r\n")
        assert await writer.end() is None
        # Nobody has the other side any more: Linux says so by an error.
        assert (await reader.ended()).errno == errno.EIO

    run(main())


def test_the_end_of_a_terminal_is_no_report(run, reports):
    async def main():
        master, slave = os.openpty()
        reader = await reading(reader_of(master))
        os.close(slave)
        await reader.ended()
        assert reports == []

    run(main())


@pytest.mark.parametrize("path", ["/dev/null", "/dev/zero"])
def test_a_device_takes_all(run, path):
    async def main():
        with open(path, "wb", buffering=0) as device:
            writer = await writing(device)
            for _ in range(10):
                writer.transport.write(BIG)
            assert writer.transport.get_write_buffer_size() == 0
            assert await writer.end() is None
            assert device.closed

    run(main())


def test_a_device_that_is_full_ends_the_transport(run, reports):
    async def main():
        with open("/dev/full", "wb", buffering=0) as device:
            writer = await writing(device)
            writer.transport.write(b"data")
            assert (await writer.ended()).errno == errno.ENOSPC
        assert reports == []

    run(main())


@pytest.mark.parametrize("path", ["/dev/null", "/dev/zero"])
def test_a_device_that_cannot_be_watched_is_reported(run, reports, path):
    async def main():
        with open(path, "rb", buffering=0) as device:
            reader = await reading(device)
            await until(lambda: reports)
            assert isinstance(reports[0]["exception"], PermissionError)
            assert await reader.end() is None
            assert device.closed

    run(main())


@pytest.mark.parametrize("connect", [reading, writing])
def test_a_regular_file_is_refused_and_stays_open(run, connect, tmp_path):
    async def main():
        with (tmp_path / "file").open("w+b", buffering=0) as file:
            before = descriptors()
            with pytest.raises(ValueError, match="Pipe transport is"):
                await connect(file)
            assert descriptors() == before
            assert os.get_blocking(file.fileno())
            file.write(b"mine")

    run(main())


# asyncio's own is half made then, and says so when it is collected.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("connect", [reading, writing])
def test_a_closed_file_is_refused(run, connect):
    async def main():
        with pipe() as (source, sink):
            pass
        with pytest.raises(ValueError):
            await connect(source if connect is reading else sink)

    run(main())


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_number_is_no_pipe(run):
    async def main():
        with pipe() as (source, _), pytest.raises(AttributeError):
            await reading(source.fileno())

    run(main())


# --- reading


def test_a_paused_transport_reads_nothing(run):
    async def main():
        with pipe() as (source, sink):
            reader = await reading(source)
            reader.transport.pause_reading()
            reader.transport.pause_reading()
            assert not reader.transport.is_reading()
            sink.write(b"data")
            for _ in range(5):
                await asyncio.sleep(0)
            assert reader.data == b""
            reader.transport.resume_reading()
            reader.transport.resume_reading()
            assert reader.transport.is_reading()
            await until(lambda: reader.data == b"data")
            await reader.end()

    run(main())


def test_paused_before_it_began(run):
    class Paused(Recorder):
        def connection_made(self, transport):
            super().connection_made(transport)
            transport.pause_reading()

    async def main():
        with pipe() as (source, sink):
            sink.write(b"data")
            reader = await reading(source, Paused)
            for _ in range(5):
                await asyncio.sleep(0)
            assert reader.data == b""
            reader.transport.resume_reading()
            await until(lambda: reader.data)
            await reader.end()

    run(main())


def test_nothing_is_read_after_close(run):
    async def main():
        with pipe() as (source, sink):
            reader = await reading(source)
            sink.write(b"data")
            assert await reader.end() is None
            assert reader.data == b""
            assert reader.calls == ["connection_made", "connection_lost"]
            assert source.closed
            with pytest.raises(BrokenPipeError):
                sink.write(b"nobody")

    run(main())


def test_the_end_is_read_once_it_is_there(run):
    async def main():
        with pipe() as (source, sink):
            reader = await reading(source)
            sink.write(b"data")
            sink.close()
            assert await reader.ended() is None
            assert reader.data == b"data"
            assert reader.calls[-2:] == ["eof_received", "connection_lost"]

    run(main())


# --- writing


def test_a_reader_that_never_reads_stops_the_writer(run):
    async def main():
        with pipe() as (source, sink):
            writer = await writing(sink)
            transport = writer.transport
            transport.set_write_buffer_limits(high=1000, low=100)
            transport.write(BIG)
            assert writer.calls == ["connection_made", "pause_writing"]
            waiting = transport.get_write_buffer_size()
            assert 0 < waiting < len(BIG)
            transport.write(b"more")
            assert transport.get_write_buffer_size() == waiting + 4
            transport.close()
            reader = await reading(source)
            await reader.ended()
            assert reader.data == BIG + b"more"
            assert await writer.ended() is None
            assert writer.calls[1:] == ["pause_writing", "resume_writing", "connection_lost"]

    run(main())


def test_the_end_comes_behind_what_waits(run):
    async def main():
        with pipe() as (source, sink):
            writer = await writing(sink)
            assert writer.transport.can_write_eof()
            writer.transport.write(BIG)
            writer.transport.write_eof()
            writer.transport.write(b"too late")
            reader = await reading(source)
            await reader.ended()
            assert reader.data == BIG
            assert await writer.ended() is None

    run(main())


def test_abort_forgets_what_waits(run):
    async def main():
        with pipe() as (source, sink):
            writer = await writing(sink)
            writer.transport.write(BIG)
            writer.transport.abort()
            assert await writer.ended() is None
            assert len(source.readall()) < len(BIG)

    run(main())


def test_a_reader_that_goes_ends_the_writer(run, reports):
    async def main():
        with pipe() as (source, sink):
            writer = await writing(sink)
            source.close()
            assert await writer.ended() is None
            assert sink.closed
        assert reports == []

    run(main())


def test_a_reader_that_goes_while_bytes_wait(run, reports):
    async def main():
        with pipe() as (source, sink):
            writer = await writing(sink)
            writer.transport.write(BIG)
            source.close()
            assert isinstance(await writer.ended(), BrokenPipeError)
        assert reports == []

    run(main())


def test_writing_where_nobody_reads(run, reports, caplog):
    async def main():
        with pipe() as (source, sink):
            writer = await writing(sink)
            source.close()
            for _ in range(10):
                writer.transport.write(b"data")
            assert isinstance(await writer.ended(), BrokenPipeError)
        assert "pipe closed by peer" in caplog.text
        assert reports == []

    run(main())


# --- what protocols do


@pytest.mark.parametrize(
    "name", ["connection_made", "data_received", "eof_received", "connection_lost"]
)
def test_a_reading_protocol_that_raises_is_reported(run, reports, name):
    async def main():
        with pipe() as (source, sink):
            reader = await reading(source, lambda: Recorder(raises=name))
            sink.write(b"data")
            sink.close()
            assert await reader.ended() is None
            assert reader.data == b"data"
            assert source.closed
        assert [str(each["exception"]) for each in reports] == [name]

    run(main())


@pytest.mark.parametrize(
    "name", ["connection_made", "pause_writing", "resume_writing", "connection_lost"]
)
def test_a_writing_protocol_that_raises_is_reported(run, reports, name):
    async def main():
        with pipe() as (source, sink):
            writer = await writing(sink, lambda: Recorder(raises=name))
            writer.transport.write(BIG)
            reader = await reading(source)
            await until(lambda: len(reader.data) == len(BIG))
            assert await writer.end() is None
            assert sink.closed
            await reader.ended()
        assert [str(each["exception"]) for each in reports] == [name]

    run(main())


@pytest.mark.parametrize(
    "name", ["connection_made", "data_received", "eof_received", "connection_lost"]
)
def test_a_reading_protocol_that_closes(run, reports, name):
    async def main():
        with pipe() as (source, sink):
            sink.write(b"data")
            reader = await reading(source, lambda: Recorder(closes=name))
            if name not in ("connection_made", "data_received"):
                sink.close()
            assert await reader.ended() is None
            assert reader.calls.count("connection_lost") == 1
            assert source.closed
        assert reports == []

    run(main())


# asyncio's own ends twice when it is closed in resume_writing.
ours = pytest.param("resume_writing", marks=pytest.mark.javaloop_only)


@pytest.mark.parametrize("name", ["connection_made", "pause_writing", ours, "connection_lost"])
def test_a_writing_protocol_that_closes(run, reports, name):
    async def main():
        with pipe() as (source, sink):
            writer = await writing(sink, lambda: Recorder(closes=name))
            writer.transport.write(BIG)
            reader = await reading(source)
            if name == "connection_lost":
                writer.transport.close()
            assert await writer.ended() is None
            await reader.ended()
            assert reader.data == (b"" if name == "connection_made" else BIG)
            assert writer.calls.count("connection_lost") == 1
            assert sink.closed
        assert reports == []

    run(main())


# asyncio's own goes on to watch the number of a transport that closed when it was made.
@pytest.mark.javaloop_only
def test_a_transport_that_ended_watches_nothing(run, loop):
    async def main():
        with pipe() as (_, sink):
            before = len(loop._selector.get_map())
            await (await writing(sink, lambda: Recorder(closes="connection_made"))).ended()
            assert len(loop._selector.get_map()) == before

    run(main())


def test_another_protocol(run):
    async def main():
        with pipe() as (source, sink):
            first = await reading(source)
            second = Recorder()
            first.transport.set_protocol(second)
            assert first.transport.get_protocol() is second
            sink.write(b"data")
            sink.close()
            assert await second.ended() is None
            assert (first.data, second.data) == (b"", b"data")

    run(main())


# --- descriptors


def test_no_descriptor_stays_open(run):
    async def once(how):
        with pipe() as (source, sink):
            reader, writer = await reading(source), await writing(sink)
            writer.transport.write(BIG)
            if how == "reader":
                await reader.end()
            elif how == "abort":
                writer.transport.abort()
            else:
                writer.transport.close()
            await reader.ended()
            await writer.ended()

    async def main():
        ways = ["reader", "abort", "close"]
        for how in ways:
            await once(how)
        before = descriptors()
        for how in ways * 5:
            await once(how)
        assert descriptors() == before

    run(main())


def test_what_it_shows(run):
    async def main():
        with pipe() as (source, sink):
            reader, writer = await reading(source), await writing(sink)
            assert reader.transport.get_extra_info("pipe") is source
            assert repr(reader.transport).startswith("<_UnixReadPipeTransport fd=")
            assert repr(reader.transport).endswith(" polling>")
            assert repr(writer.transport).startswith("<_UnixWritePipeTransport fd=")
            assert repr(writer.transport).endswith(" idle bufsize=0>")
            await writer.end()
            await reader.ended()
            assert "closed" in repr(reader.transport)

    run(main())


@pytest.mark.javaloop_only
def test_waiting_makes_no_passes(run, loop):
    async def main():
        with pipe() as (source, sink):
            reader = await reading(source)
            await asyncio.sleep(0)
            loop.call_later(0.2, sink.write, b"data")
            before = loop.stats().passes
            got = loop.create_future()
            reader.data_received = lambda data: got.set_result(data)
            assert await got == b"data"
            assert loop.stats().passes - before <= 4
            await reader.end()

    run(main())
