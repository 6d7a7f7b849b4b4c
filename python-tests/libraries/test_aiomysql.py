import asyncio

import aiomysql
import pytest


@pytest.fixture
def options(mariadb_port):
    return {"host": "127.0.0.1", "port": mariadb_port, "user": "root", "charset": "utf8mb4"}


async def test_a_pool(options):
    async with aiomysql.create_pool(**options, minsize=1, maxsize=4, autocommit=True) as pool:

        async def run(query, *args):
            async with pool.acquire() as connection, connection.cursor() as cursor:
                await cursor.execute(query, args)
                return list(await cursor.fetchall())

        await run("CREATE DATABASE pool")
        await run("CREATE TABLE pool.t (n INT PRIMARY KEY, word VARCHAR(99), data LONGBLOB)")
        await asyncio.gather(
            *(
                run("INSERT INTO pool.t VALUES (%s, %s, %s)", n, f"ü {n}", b"\0\xff" * n)
                for n in range(30)
            )
        )
        rows = await run("SELECT n, word, data FROM pool.t ORDER BY n")
        assert rows == [(n, f"ü {n}", b"\0\xff" * n) for n in range(30)]
        answers = await asyncio.gather(*(run("SELECT %s + SLEEP(0.001)", n) for n in range(12)))
        assert [int(row[0][0]) for row in answers] == list(range(12))
        assert pool.size <= 4
        with pytest.raises(aiomysql.IntegrityError):
            await run("INSERT INTO pool.t VALUES (1, '', '')")


async def test_transactions_and_cursors(options):
    connection = await aiomysql.connect(**options, autocommit=False)
    async with connection.cursor(aiomysql.DictCursor) as cursor:
        await cursor.execute("CREATE DATABASE transactions")
        await cursor.execute("CREATE TABLE transactions.t (n INT) ENGINE=InnoDB")
        for end in (connection.rollback, connection.commit):
            await connection.begin()
            await cursor.executemany("INSERT INTO transactions.t VALUES (%s)", range(100))
            await end()
        await cursor.execute("SELECT COUNT(*) AS c, SUM(n) AS s FROM transactions.t")
        row = await cursor.fetchone()
        assert (row["c"], int(row["s"])) == (100, sum(range(100)))
    async with connection.cursor(aiomysql.SSCursor) as cursor:
        await cursor.execute("SELECT n FROM transactions.t ORDER BY n")
        assert [row[0] async for row in cursor] == list(range(100))
    connection.close()
