"""A forked child has an image of the JVM without its threads: asyncio's own loop takes over there."""

from __future__ import annotations

import pytest
from engine_process import Engine

FORKS = {
    "a pool": """
import multiprocessing
if __name__ == "__main__":
    asyncio.run(asyncio.sleep(0))
    with multiprocessing.get_context("fork").Pool(3) as pool:
        assert pool.map(abs, range(-50, 0)) == list(range(50, 0, -1))
""",
    "a pool of an executor": """
import concurrent.futures, multiprocessing
def work(n): return asyncio.run(asyncio.sleep(0, n))
async def main():
    loop = asyncio.get_running_loop()
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        for n in range(5): assert await loop.run_in_executor(pool, work, n) == n
asyncio.run(main())
""",
    "a process": """
import multiprocessing
def child(queue):
    async def main():
        await asyncio.sleep(0.01)
        return type(asyncio.get_running_loop()).__module__
    queue.put(asyncio.run(main()))
context = multiprocessing.get_context("fork")
queue = context.SimpleQueue()
process = context.Process(target=child, args=(queue,))
process.start()
got = queue.get()
assert got == "asyncio.unix_events", got
process.join()
assert process.exitcode == 0
""",
    "os._exit in a running loop": """
async def main():
    for _ in range(5):
        pid = os.fork()
        if pid == 0: os._exit(7)
        end(pid, 7)
        await asyncio.sleep(0)
asyncio.run(main())
""",
    "asyncio.run in a running loop's child": """
async def child():
    await asyncio.sleep(0.01)
    await asyncio.gather(*(asyncio.sleep(0) for _ in range(10)))
    return type(asyncio.get_running_loop()).__module__
async def main():
    pid = os.fork()
    if pid == 0:
        os._exit(7 if asyncio.run(child()) == "asyncio.unix_events" else 8)
    end(pid, 7)
asyncio.run(main())
""",
    "sys.exit in a running loop": """
async def main():
    pid = os.fork()
    if pid == 0: sys.exit(7)
    end(pid, 7)
asyncio.run(main())
""",
    "the parent's loop goes on in the child": """
async def main():
    loop = asyncio.get_running_loop()
    order = []
    for n in range(100): loop.call_soon(order.append, n)
    now = loop.time()
    for n in range(30): loop.call_at(now + 0.001 * (30 - n), order.append, 100 + n)
    loop.call_later(1e6, print).cancel()
    left, right = socket.socketpair()
    loop.add_reader(right, order.append, "read")
    pid = os.fork()
    if pid == 0: left.send(b"x")
    # asyncio.sleep finds no running loop in a child, as its number is another.
    slept = loop.create_future()
    loop.call_later(0.05, slept.set_result, None)
    await slept
    loop.remove_reader(right)
    assert [n for n in order if n != "read"] == [*range(100), *range(129, 99, -1)], order
    if pid == 0: os._exit(7 if "read" in order else 8)
    end(pid, 7)
asyncio.run(main())
""",
    "a transport in the child": """
class Echo(asyncio.Protocol):
    def connection_made(self, transport): self.transport = transport
    def data_received(self, data): self.transport.write(data.upper())
async def main():
    loop = asyncio.get_running_loop()
    left, right = socket.socketpair()
    right.setblocking(False)
    transport, _ = await loop.create_connection(Echo, sock=left)
    pid = os.fork()
    if pid == 0:
        # A call of Java would mostly work, until the JVM has to stop its threads, which are not there.
        reader, _ = loop._selector.get_key(transport._sock_fd).data
        assert "built-in" not in repr(reader._callback), reader
        right.send(b"of child")
        slept = loop.create_future()
        loop.call_later(0.2, slept.set_result, None)
        await slept
        os._exit(7 if right.recv(100) == b"OF CHILD" else 8)
    end(pid, 7)
    transport.close()
    right.close()
asyncio.run(main())
""",
    "the parent's loop begun anew in the child": """
loop = asyncio.new_event_loop()
got = []
for n in range(70):
    loop.call_soon(got.append, n)
    if n == 40: loop.run_until_complete(asyncio.sleep(0))
loop.call_later(0.01, got.append, "later")
pid = os.fork()
if pid == 0:
    loop.run_until_complete(asyncio.sleep(0.05))
    assert got == [*range(70), "later"], got
    loop.stats()
    loop.close()
    os._exit(7)
end(pid, 7)
loop.run_until_complete(asyncio.sleep(0.05))
assert got == [*range(70), "later"], got
loop.close()
""",
    "in a signal's handler": """
import signal
done = []
def fork(*_):
    pid = os.fork()
    if pid == 0: os._exit(asyncio.run(asyncio.sleep(0, 7)))
    end(pid, 7)
    done.append(pid)
signal.signal(signal.SIGALRM, fork)
signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
async def main():
    while len(done) < 5: await asyncio.sleep(0.5)
asyncio.run(main())
signal.setitimer(signal.ITIMER_REAL, 0)
""",
    "in a thread while a loop runs": """
import threading
def fork():
    for _ in range(5):
        pid = os.fork()
        if pid == 0: os._exit(asyncio.run(asyncio.sleep(0, 7)))
        end(pid, 7)
async def main():
    thread = threading.Thread(target=fork)
    thread.start()
    while thread.is_alive(): await asyncio.sleep(0.001)
asyncio.run(main())
""",
    "a normal end of a child": """
loop = asyncio.new_event_loop()
loop.call_soon(int)
for _ in range(3):
    pid = os.fork()
    if pid == 0: break
    end(pid, 7)
else:
    loop.close()
if pid == 0: sys.exit(7)
""",
    "a child of a child": """
pid = os.fork()
if pid == 0:
    asyncio.run(asyncio.sleep(0))
    pid = os.fork()
    if pid == 0: os._exit(asyncio.run(asyncio.sleep(0, 7)))
    end(pid, 7)
    os._exit(7)
end(pid, 7)
""",
    "preexec_fn": """
import subprocess
async def main():
    ran = await asyncio.create_subprocess_exec("true", preexec_fn=os.getpid)
    assert await ran.wait() == 0
    assert subprocess.run(["true"], preexec_fn=lambda: asyncio.new_event_loop().close()).returncode == 0
asyncio.run(main())
""",
    "after many callbacks": """
def again(n):
    if n: loop.call_soon(again, n - 1)
    else: loop.stop()
loop = asyncio.new_event_loop()
loop.call_soon(again, 60000)
loop.run_forever()
for _ in range(3):
    pid = os.fork()
    if pid == 0:
        loop.call_soon(again, 1000)
        loop.run_forever()
        os._exit(7)
    end(pid, 7)
loop.close()
""",
    "the methods have left the class": """
import javaloop
from types import MethodDescriptorType
pid = os.fork()
if pid == 0:
    left = [n for n, value in vars(javaloop.Loop).items() if type(value) is MethodDescriptorType]
    os._exit(8 if left else 7)
end(pid, 7)
""",
}


@pytest.mark.parametrize("fork", FORKS)
def test_fork(engine: Engine, fork: str) -> None:
    engine.check(
        f"""
import asyncio, os, socket, sys, warnings
warnings.simplefilter("ignore")
def end(pid, status):
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == status
asyncio.run(asyncio.sleep(0))
{FORKS[fork]}
print("ok", flush=True)
"""
    )
