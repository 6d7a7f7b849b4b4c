import asyncio
import os
import sys


async def main():
    with open(sys.argv[1], "w"):
        pass
    while not os.path.exists(sys.argv[2]):
        pass
    for _ in range(100):
        os.getcwd()
    await asyncio.Event().wait()


asyncio.run(main())
