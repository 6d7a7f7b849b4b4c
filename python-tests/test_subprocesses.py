"""Child processes: their ends, their statuses, and what watching them takes."""

import asyncio
import os
import select
import signal
import subprocess
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
