"""What the start-up cache is trained on: the classes that most asyncio programs need."""

import asyncio
import concurrent.futures
import subprocess
import sys
import threading
import traceback


async def work(name):
    await asyncio.sleep(0.001)
    async with asyncio.Lock(), asyncio.timeout(5):
        await asyncio.to_thread(lambda: name)
    return name


async def main():
    loop = asyncio.get_running_loop()
    print(await asyncio.gather(*(work(f"{i:>3}") for i in range(5))), type(loop).__name__)
    queue = asyncio.Queue()
    timer = loop.call_later(60, print)
    timer.cancel()
    thread = threading.Thread(target=loop.call_soon_threadsafe, args=(queue.put_nowait, 1))
    thread.start()
    await queue.get()
    thread.join()
    try:
        await asyncio.wait_for(asyncio.sleep(60), 0.001)
    except TimeoutError:
        traceback.format_exc()
    async with asyncio.TaskGroup() as group:
        group.create_task(work("group"))

    async def serve(reader, writer):
        writer.write(await reader.readline())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"line\n")
        await reader.readline()
        writer.close()


asyncio.run(main())
with concurrent.futures.ThreadPoolExecutor(1) as pool:
    pool.submit(int).result()
subprocess.run(["true"], check=True)
print(sys.version)
