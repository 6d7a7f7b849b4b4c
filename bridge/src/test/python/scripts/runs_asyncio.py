import asyncio
import signal
import sys


async def main():
    loop = asyncio.get_running_loop()
    order = []
    await asyncio.gather(*(asyncio.sleep(0.001 * n, order.append(n)) for n in range(3)))
    return f"{type(loop).__module__}.{type(loop).__qualname__} {order}"


before = signal.getsignal(signal.SIGINT)
text = asyncio.run(main())
assert signal.getsignal(signal.SIGINT) is before
with open(sys.argv[1], "w") as file:
    file.write(text)
