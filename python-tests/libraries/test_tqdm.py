import asyncio
import io

from tqdm.asyncio import tqdm


async def test_gather_and_as_completed():
    said = io.StringIO()

    async def square(n):
        await asyncio.sleep(0.001 * (n % 3))
        return n * n

    assert await tqdm.gather(*(square(n) for n in range(20)), file=said) == [
        n * n for n in range(20)
    ]
    found = [await each for each in tqdm.as_completed([square(n) for n in range(20)], file=said)]
    assert sorted(found) == [n * n for n in range(20)]
    assert said.getvalue().count("20/20") >= 2


async def test_async_for():
    async def numbers():
        for n in range(10):
            await asyncio.sleep(0)
            yield n

    said = io.StringIO()
    bar = tqdm(numbers(), total=10, file=said)
    assert [n async for n in bar] == list(range(10))
    assert bar.n == 10
    assert "100%" in said.getvalue()
