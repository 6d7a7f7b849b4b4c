import asyncio

import aiofiles
import aiofiles.os
import aiofiles.tempfile


async def test_files(tmp_path):
    async def copy(n):
        async with aiofiles.open(tmp_path / f"{n}", "w", encoding="utf-8") as file:
            await file.writelines(f"{n} line {i} ü\n" for i in range(50))
        async with (
            aiofiles.open(tmp_path / f"{n}", encoding="utf-8") as source,
            aiofiles.open(tmp_path / f"{n}.copy", "wb") as target,
        ):
            async for line in source:
                await target.write(line.encode())
            await target.flush()

    await asyncio.gather(*(copy(n) for n in range(10)))
    for n in range(10):
        expected = "".join(f"{n} line {i} ü\n" for i in range(50)).encode()
        assert (tmp_path / f"{n}.copy").read_bytes() == expected


async def test_places():
    async with aiofiles.tempfile.TemporaryDirectory() as folder:
        await aiofiles.os.makedirs(f"{folder}/a/b")
        async with aiofiles.open(f"{folder}/a/b/file", "wb+") as file:
            assert await file.write(b"0123456789") == 10
            assert await file.seek(5) == 5
            assert await file.read() == b"56789"
            await file.truncate(3)
        await aiofiles.os.rename(f"{folder}/a/b/file", f"{folder}/moved")
        assert await aiofiles.os.path.getsize(f"{folder}/moved") == 3
        assert sorted(await aiofiles.os.listdir(folder)) == ["a", "moved"]
    assert not await aiofiles.os.path.exists(folder)
