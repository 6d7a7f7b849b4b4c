"""Measures what it is asked, in one process: ``worker.py asyncio|uvloop|rloop``.

Says its loop's thread. Then each line of stdin, ``OPERATION SECONDS`` or ``cold CALLBACKS...``, is
answered by a line of JSON. Ends when stdin does.
"""

import asyncio
import importlib
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter, process_time, thread_time

from operations import OPERATIONS, call_soon_chain

new_event_loop = importlib.import_module(sys.argv[1]).new_event_loop


def rate(name, pool, seconds):
    """Repeats an operation for so many seconds, and at least once."""
    operation = OPERATIONS[name]
    loop = new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        done = 0
        ends = perf_counter() + seconds
        of_process, of_thread = process_time(), thread_time()
        while True:
            result = operation(loop, pool)
            if asyncio.iscoroutine(result):
                result = loop.run_until_complete(result)
            done += result
            if perf_counter() >= ends:
                break
        return {
            "operations": done,
            "thread_seconds": thread_time() - of_thread,
            "process_seconds": process_time() - of_process,
        }
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def cold(counts):
    """What the first callbacks of a process take, with the loop that they need."""
    told = []
    done = 0
    of_process, of_thread = process_time(), thread_time()
    loop = new_event_loop()
    for count in map(int, counts):
        call_soon_chain(loop, None, count - done)
        done = count
        told.append(
            {
                "operations": count,
                "thread_seconds": thread_time() - of_thread,
                "process_seconds": process_time() - of_process,
            }
        )
    loop.close()
    return {"cold": told}


def main():
    with ThreadPoolExecutor(1) as pool:
        # Its thread starts now: later it would inherit the core that the loop's is kept on.
        pool.submit(int).result()
        # The system's number: threading.get_native_id() may be a JVM's own.
        thread = int(os.readlink("/proc/thread-self").rpartition("/")[2])
        process_time(), thread_time()  # what their first calls load is not the loop's
        print(json.dumps({"threads": [thread]}), flush=True)
        for line in sys.stdin:
            name, *words = line.split()
            numbers = [float(each) for each in words]
            try:
                answer = cold(numbers) if name == "cold" else rate(name, pool, *numbers)
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {error}"}
            print(json.dumps(answer), flush=True)


main()
