"""sys.executable is a python: process pools and subprocesses of programs."""

import multiprocessing
import sys

import pytest
from processes import ENGINE


def test_process_pools(same, script):
    same(
        script("""\
import asyncio
import concurrent.futures
import multiprocessing
import os

def square(x):
    return x * x

def fail():
    raise ValueError("of child")

async def main():
    loop = asyncio.get_running_loop()
    with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        print(await asyncio.gather(*(loop.run_in_executor(pool, square, i) for i in range(3))))
        print(await loop.run_in_executor(pool, os.getpid) != os.getpid())
        try:
            await loop.run_in_executor(pool, fail)
        except ValueError as error:
            print(repr(error))

if __name__ == "__main__":
    asyncio.run(main())
""")
    )


def test_subprocesses(same, script):
    same(
        script("""\
import asyncio, subprocess, sys

code = "import sys; print(sys.argv, sys.stdin.read()); sys.exit(3)"
done = subprocess.run(
    [sys.executable, "-c", code, "a"], input="in", capture_output=True, text=True
)
print(done.returncode, done.stdout, done.stderr)

async def main():
    child = await asyncio.create_subprocess_exec(
        "cat", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    print(await child.communicate(b"through cat"), child.returncode)
    child = await asyncio.create_subprocess_shell("exit 5")
    print(await child.wait())

asyncio.run(main())
""")
    )


BY_PYTHON = pytest.mark.skipif(
    ENGINE == "graalpy", reason="GraalPy has neither fork nor a default pool"
)


@BY_PYTHON
def test_children_without_a_jvm_have_asyncios_own_loop(javaloop, script):
    """Also where the program names javaloop."""
    ended = javaloop(
        script("""\
import asyncio, concurrent.futures, multiprocessing, os, sys
import javaloop

async def name():
    await asyncio.sleep(0)
    return type(asyncio.get_running_loop()).__module__

def names(_):
    loop = javaloop.new_event_loop()
    try:
        return asyncio.run(name()), loop.run_until_complete(name())
    finally:
        loop.close()

if __name__ == "__main__":
    print(asyncio.run(name()), multiprocessing.get_start_method())
    with concurrent.futures.ProcessPoolExecutor(1) as pool:
        print(*pool.submit(names, 1).result())
    with multiprocessing.get_context("fork").Pool(1) as pool:
        print(*pool.map(names, [1])[0])
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        print(*names(1))
        sys.exit(5)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    print(*names(1))
""")
    )
    # With JEP's JVM a forked child cannot go on.
    method = multiprocessing.get_start_method() if ENGINE == "cpython" else "spawn"
    assert ended.out.splitlines() == [
        f"javaloop {method}",
        *["asyncio.unix_events asyncio.unix_events"] * 3,
        "5",
        "javaloop javaloop",
    ]
    assert ended.status == 0


@pytest.mark.skipif(ENGINE != "graalpy", reason="there sys.executable is the CPython's own")
def test_the_executable(javaloop, tmp_path):
    import os
    import shutil

    from processes import JAVALOOP, run_python

    show = "import sys; print(sys.executable); print(sys.path[0] == '')"
    link = tmp_path / "folder with spaces" / "python"
    link.parent.mkdir()
    link.symlink_to(JAVALOOP)
    assert run_python(link, "-c", show, cwd=tmp_path).out == f"{link}\nTrue\n"
    relative = os.path.relpath(JAVALOOP, tmp_path)
    executable = run_python(relative, "-c", show, cwd=tmp_path).out.splitlines()[0]
    assert os.path.isabs(executable)
    assert os.path.samefile(executable, JAVALOOP)
    found = shutil.which("env")
    assert found
    path = f"{link.parent}{os.pathsep}{os.environ['PATH']}"
    ended = run_python(found, "python", "-c", show, cwd=tmp_path, env={"PATH": path})
    assert ended.out == f"{link}\nTrue\n"
    assert sys.executable
