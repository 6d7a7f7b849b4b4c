import asyncio

import pytest
from loguru import logger


@pytest.fixture
def log():
    logger.remove()
    yield logger
    logger.remove()


async def test_a_coroutine_function_is_a_sink(log, is_tested):
    seen = []

    async def sink(message):
        await asyncio.sleep(0)
        is_tested(asyncio.get_running_loop())
        seen.append((message.record["extra"]["n"], str(message)))

    log.add(sink, format="{level} {message}")
    for n in range(20):
        log.bind(n=n).info("said {}", n)
    await log.complete()
    assert seen == [(n, f"INFO said {n}\n") for n in range(20)]


async def test_contexts_and_exceptions(log):
    lines = []
    log.add(lines.append, format="{extra[who]} {message} {exception}")

    async def work(n):
        with log.contextualize(who=n):
            await asyncio.sleep(0)
            log.info("works")

    await asyncio.gather(*(work(n) for n in range(5)))
    assert sorted(str(line).split()[0] for line in lines) == ["0", "1", "2", "3", "4"]

    @log.catch(reraise=True)
    async def fail():
        await asyncio.sleep(0)
        raise KeyError("missing")

    with pytest.raises(KeyError), log.contextualize(who="me"):
        await fail()
    assert "KeyError" in lines[-1]


async def test_many_threads_to_a_file(log, tmp_path):
    log.add(tmp_path / "log", format="{message}")
    await asyncio.gather(*(asyncio.to_thread(log.info, n) for n in range(20)))
    log.remove()
    assert sorted(map(int, (tmp_path / "log").read_text().split())) == list(range(20))
