import asyncio
import sys


async def main():
    try:
        with open(sys.argv[1] + ".partial", "w"):
            pass
        import os

        os.rename(sys.argv[1] + ".partial", sys.argv[1])
        await asyncio.Event().wait()
    finally:
        with open(sys.argv[2], "w") as file:
            file.write("finally")


asyncio.run(main())
