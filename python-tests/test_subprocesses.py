"""Child processes: their ends, their statuses, and what watching them takes."""

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
import threading

import pytest

PIPE = subprocess.PIPE


def run(loop, coro):
    return loop.run_until_complete(asyncio.wait_for(coro, 60))


async def sh(script, **options):
    return await asyncio.create_subprocess_exec("sh", "-c", script, **options)


def test_input_output_and_status(loop):
    async def main():
        child = await sh("cat; echo oops >&2; exit 3", stdin=PIPE, stdout=PIPE, stderr=PIPE)
        assert await child.communicate(b"data") == (b"data", b"oops\n")
        assert child.returncode == 3

    run(loop, main())


def test_a_signal_is_a_negative_status(loop):
    async def main():
        child = await asyncio.create_subprocess_exec("sleep", "3600")
        assert child.returncode is None
        child.kill()
        assert await child.wait() == -signal.SIGKILL
        with pytest.raises(ProcessLookupError):
            child.kill()

    run(loop, main())


def test_no_thread_waits_for_a_child(loop):
    async def main():
        before = set(threading.enumerate())
        children = [await asyncio.create_subprocess_exec("cat", stdin=PIPE) for _ in range(3)]
        assert set(threading.enumerate()) == before
        for child in children:
            child.stdin.close()
            assert await child.wait() == 0

    run(loop, main())


def test_children_end_in_an_order_of_their_own(loop):
    async def main():
        children = [await sh(f"cat; exit {i}", stdin=PIPE) for i in range(4)]
        ended = []

        async def note(child):
            ended.append(await child.wait())

        notes = [asyncio.ensure_future(note(child)) for child in children]
        for i in (2, 0, 3, 1):
            children[i].stdin.close()
            await notes[i]
        assert ended == [2, 0, 3, 1]

    run(loop, main())


def test_a_child_that_ended_long_ago(loop):
    async def main():
        child = await sh("exit 5", stdout=PIPE)
        assert await child.stdout.read() == b""
        while child.returncode is None:
            await asyncio.sleep(0.01)
        assert await child.wait() == 5

    run(loop, main())


def test_a_wait_that_was_given_up_leaves_the_child_watched(loop):
    async def main():
        child = await asyncio.create_subprocess_exec("cat", stdin=PIPE)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(child.wait(), 0.05)
        child.stdin.close()
        assert await child.wait() == 0

    run(loop, main())


def test_a_child_whose_status_somebody_else_took(loop, caplog):
    async def main():
        child = await sh("exec cat", stdin=PIPE)
        child.kill()
        os.waitpid(child.pid, 0)
        assert await child.wait() == 255
        assert "exit status already read" in caplog.text

    run(loop, main())


def test_a_loop_in_another_thread_has_children_too():
    async def main():
        return await (await sh("exit 6")).wait()

    statuses = []
    thread = threading.Thread(target=lambda: statuses.append(asyncio.run(main())))
    thread.start()
    thread.join()
    assert statuses == [6]


def test_another_thread_waits_too(loop):
    """Only one of the two learns the status; both learn of the end."""

    async def main():
        for status in range(10):
            child = await sh(f"read line; exit {status}", stdin=PIPE)
            popen = child._transport.get_extra_info("subprocess")
            waiting = [
                loop.run_in_executor(None, popen.wait),
                loop.run_in_executor(None, poll_until_the_end, popen),
            ]
            child.stdin.close()
            assert await child.wait() in (status, 255)
            assert {*await asyncio.gather(*waiting)} <= {status, 255, 0}
            assert is_gone(child.pid)

    run(loop, main())


def poll_until_the_end(popen):
    while popen.poll() is None:
        pass
    return popen.returncode


def is_gone(pid):
    """No zombie either."""
    return not os.path.exists(f"/proc/{pid}")


def test_many_children_at_once(loop):
    async def main():
        children = await asyncio.gather(*[sh(f"cat; exit {i}", stdin=PIPE) for i in range(50)])
        for child in children:
            child.stdin.close()
        assert [await child.wait() for child in children] == list(range(50))
        assert all(is_gone(child.pid) for child in children)

    run(loop, main())


def test_the_three_ways_to_end_a_child(loop):
    async def main():
        for end, number in (
            (lambda child: child.kill(), signal.SIGKILL),
            (lambda child: child.terminate(), signal.SIGTERM),
            (lambda child: child.send_signal(signal.SIGUSR2), signal.SIGUSR2),
        ):
            child = await asyncio.create_subprocess_exec("cat", stdin=PIPE)
            end(child)
            assert await child.wait() == -number
            with pytest.raises(ProcessLookupError):
                end(child)

    run(loop, main())


def test_closing_the_transport_ends_the_child(loop):
    async def main():
        transport, _ = await loop.subprocess_exec(asyncio.SubprocessProtocol, "cat")
        assert transport.get_returncode() is None
        transport.close()
        assert await transport._wait() == -signal.SIGKILL
        assert is_gone(transport.get_pid())

    run(loop, main())


async def output(*words, **options):
    child = await asyncio.create_subprocess_exec(*words, stdout=PIPE, **options)
    return child, (await child.communicate())[0]


ignored = pytest.param(
    {"process_group": 0},
    marks=pytest.mark.xfail(
        sys.implementation.name == "graalpy",
        reason="GraalPy's fork_exec ignores process_group",
        strict=True,
    ),
)


@pytest.mark.parametrize("options", [{"start_new_session": True}, ignored, {}])
def test_its_group_and_session(loop, options):
    async def main():
        child, stat = await output("cat", "/proc/self/stat", **options)
        _, _, group, session = stat.rpartition(b")")[2].split()[:4]
        assert int(group) == (child.pid if options else os.getpgid(0))
        assert int(session) == (child.pid if "start_new_session" in options else os.getsid(0))

    run(loop, main())


def test_folder_and_environment(loop, tmp_path):
    async def main():
        (tmp_path / "sub").mkdir()
        _, out = await output("pwd", "-P", cwd=tmp_path / "sub")
        assert out == os.fsencode((tmp_path / "sub").resolve()) + b"\n"
        environment = {"PATH": os.environ["PATH"], "TEXT": "grün"}
        _, out = await output("env", env=environment)
        assert set(out.splitlines()) == {
            b"%s=%s" % (k.encode(), v.encode()) for k, v in environment.items()
        }

    run(loop, main())


def test_standard_streams_that_are_no_pipes(loop):
    async def main():
        child = await sh(
            "cat; echo out; echo err >&2",
            stdin=subprocess.DEVNULL,
            stdout=PIPE,
            stderr=subprocess.STDOUT,
        )
        assert await child.communicate() == (b"out\nerr\n", None)
        child = await sh("echo nobody reads it", stdout=subprocess.DEVNULL)
        assert child.stdin is child.stdout is child.stderr is None
        assert await child.wait() == 0

    run(loop, main())


def test_a_file_as_output(loop, tmp_path):
    async def main():
        with (tmp_path / "out").open("wb") as file:
            assert await (await sh("echo out", stdout=file)).wait() == 0
        assert (tmp_path / "out").read_bytes() == b"out\n"

    run(loop, main())


def test_a_terminal_as_standard_streams(loop):
    async def main():
        master, slave = os.openpty()
        child = await sh(
            "test -t 0 && test -t 1 && test -t 2 && read line && echo got $line",
            stdin=slave,
            stdout=slave,
            stderr=slave,
        )
        os.close(slave)
        reader = asyncio.StreamReader()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(master, "r+b", buffering=0)
        )
        os.write(master, b"typed\n")
        assert await reader.readline() == b"typed\r\n"  # the echo
        assert await reader.readline() == b"got typed\r\n"
        assert await child.wait() == 0
        transport.close()

    run(loop, main())


def test_much_goes_in_and_out(loop):
    async def main():
        data = bytes(range(256)) * (1 << 14)
        child = await asyncio.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE)
        assert await child.communicate(data) == (data, None)
        assert child.returncode == 0

    run(loop, main())


def test_a_child_that_does_not_read_its_input(loop):
    async def main():
        child = await sh("exit 7", stdin=PIPE)
        await child.communicate(bytes(1 << 20))
        assert child.returncode == 7

    run(loop, main())


# --- descriptors


async def descriptors_of_a_child(**options):
    _, out = await output("sh", "-c", "ls /proc/$$/fd; true", **options)
    return {int(each) for each in out.split()}


def test_a_child_sees_its_standard_streams_only(loop):
    async def main():
        with socket.create_server(("127.0.0.1", 0)) as listening:
            os.set_inheritable(listening.fileno(), True)
            assert await descriptors_of_a_child() == {0, 1, 2}

    run(loop, main())


def test_pass_fds(loop):
    async def main():
        read_end, number = os.pipe()
        child = await sh(f"echo hello > /proc/self/fd/{number}", pass_fds=[number])
        assert await child.wait() == 0
        assert os.read(read_end, 100) == b"hello\n"
        assert not os.get_inheritable(number)
        assert await descriptors_of_a_child(pass_fds=[number]) == {0, 1, 2, number}
        os.close(read_end)
        os.close(number)

    run(loop, main())


def test_no_descriptor_of_a_loop_is_inherited():
    before = set(os.listdir("/proc/self/fd"))

    async def main():
        loop = asyncio.get_running_loop()
        server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
        address = server.sockets[0].getsockname()
        _, writer = await asyncio.open_connection(*address)
        udp, _ = await loop.create_datagram_endpoint(
            asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
        )
        child = await asyncio.create_subprocess_exec("cat", stdin=PIPE, stdout=PIPE)
        made = set(os.listdir("/proc/self/fd")) - before
        inherited = [number for number in made if is_inherited(int(number))]
        child.stdin.close()
        await child.wait()
        udp.close()
        server.close()
        writer.close()
        await writer.wait_closed()
        return made, inherited

    made, inherited = asyncio.run(main())
    assert len(made) >= 6
    assert inherited == []


def is_inherited(number):
    try:
        return os.get_inheritable(number)
    except OSError:
        return False  # the listing's own


@pytest.mark.parametrize(
    "options, error",
    [
        ({"program": "/nowhere/at/all"}, FileNotFoundError),
        ({"program": "/etc/passwd"}, PermissionError),
        ({"program": "cat", "cwd": "/nowhere"}, FileNotFoundError),
    ],
)
def test_a_child_that_cannot_be_started_leaves_nothing_open(loop, options, error):
    async def main():
        await (await sh("exit 0", stdin=PIPE, stdout=PIPE, stderr=PIPE)).communicate()
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(3):
            with pytest.raises(error):
                await asyncio.create_subprocess_exec(
                    stdin=PIPE, stdout=PIPE, stderr=PIPE, **options
                )
        await asyncio.sleep(0)
        assert len(os.listdir("/proc/self/fd")) == before

    run(loop, main())


@pytest.mark.javaloop_only
def test_waiting_for_a_child_makes_no_passes(loop):
    async def main():
        child = await sh("read line", stdin=PIPE)
        for _ in range(10):
            await asyncio.sleep(0)
        loop.call_later(0.2, child.stdin.close)
        before = loop.stats().passes
        assert await child.wait() == 1
        assert loop.stats().passes - before <= 10

    run(loop, main())


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs /proc")
def test_children_leave_no_descriptor(loop):
    async def main():
        await (await sh("exit 0", stdin=PIPE, stdout=PIPE)).communicate()

    run(loop, main())
    before = set(os.listdir("/proc/self/fd"))
    for _ in range(5):
        run(loop, main())
    assert len(set(os.listdir("/proc/self/fd")) - before) <= 1  # the listing's own


def test_pidfd_open():
    with subprocess.Popen(["cat"], stdin=PIPE) as child:
        pidfd = os.pidfd_open(child.pid)
        try:
            assert not os.get_inheritable(pidfd)
            assert select.select([pidfd], [], [], 0)[0] == []
            child.stdin.close()
            assert select.select([pidfd], [], [], 60)[0] == [pidfd]
        finally:
            os.close(pidfd)
    with pytest.raises(ProcessLookupError):
        os.pidfd_open(child.pid)
