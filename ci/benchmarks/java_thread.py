"""What JavaThread.java calls."""


async def nothing():
    return 1
