"""Flags and variables of the environment."""

import re
import sys

import pytest


def test_version(javaloop):
    for words in (["-V"], ["--version"]):
        ended = javaloop(*words)
        assert re.fullmatch(rf"Python 3\.{sys.version_info[1]}\.\d+\n", ended.out)
        assert (ended.err, ended.status) == ("", 0)


def test_help(javaloop):
    ended = javaloop("-h")
    assert ended.status == 0
    assert ended.out.lower().startswith("usage:")
    for flag in ("-c", "-m", "--stock-loop"):
        assert flag in ended.out


def test_unknown_options_get_one_line(javaloop):
    for words in (["--no-such-option"], ["-Z"], ["-c"], ["--mode", "odd"]):
        ended = javaloop(*words)
        assert ended.status == 2, words
        assert ended.out == ""
        assert len(ended.err.splitlines()) == 1, ended.err
        assert words[0].strip("-") in ended.err


def test_warnings(both):
    code = "import warnings; warnings.warn('the warning'); print('went on')"
    cpython, ours = both("-W", "error", "-c", code)
    assert ours.status == 1
    assert ours.err.splitlines()[-1] == cpython.err.splitlines()[-1] == "UserWarning: the warning"
    cpython, ours = both("-c", code, env={"PYTHONWARNINGS": "ignore"})
    assert (ours.out, ours.err) == (cpython.out, cpython.err) == ("went on\n", "")


def test_deprecations_are_shown_in_main_only(same):
    same("-c", "import warnings; warnings.warn('old', DeprecationWarning)")


def test_environment(same, script):
    script("x = 'from PYTHONPATH'", "library/beside.py")
    code = """\
import sys
try:
    import beside
except ImportError:
    print("not found")
else:
    print(beside.x)
print(sys.flags.ignore_environment, sys.flags.isolated, sys.flags.no_user_site)
print(sys.flags.safe_path, bool(sys.flags.dev_mode), sys.path[0] == "", sys.flags.optimize)
"""
    variables = {"PYTHONPATH": "library"}
    assert "from PYTHONPATH" in same("-c", code, env=variables).out
    assert "not found" in same("-E", "-c", code, env=variables).out
    assert "not found" in same("-I", "-c", code, env=variables).out


def test_dev_mode(same):
    code = """
import asyncio, sys
async def main():
    loop = asyncio.get_running_loop()
    loop.slow_callback_duration = 60  # a cold engine on a busy machine is slow
    print(loop.get_debug(), sys.flags.dev_mode, sys.warnoptions, sys._xoptions)
asyncio.run(main())
"""
    assert same("-X", "dev", "-c", code).out.startswith("True True ['default']")
    assert same("-c", code, env={"PYTHONDEVMODE": "1"}).out == "True True ['default'] {}\n"
    variables = {"PYTHONDEVMODE": "1", "PYTHONWARNINGS": "error"}
    same("-W", "ignore", "-c", code, env=variables)
    assert same("-E", "-c", code, env=variables).out == "False False [] {}\n"


def test_asyncio_debug_by_environment(same):
    same(
        "-c",
        "import asyncio\n"
        "async def main(): print(asyncio.get_running_loop().get_debug())\n"
        "asyncio.run(main())",
        env={"PYTHONASYNCIODEBUG": "1"},
    )


def test_x_options(same):
    same("-X", "mine", "-X", "k=v", "-c", "import sys; print(sys._xoptions)")


def test_optimize(same):
    same("-O", "-c", "assert False; print(__debug__)")


def test_loops(javaloop):
    code = """\
import asyncio
async def main():
    await asyncio.sleep(0.001)
    print(type(asyncio.get_running_loop()), asyncio.SelectorEventLoop)
asyncio.run(main())
"""
    ours = javaloop("--stats", "-c", code)
    assert ours.out == "<class 'javaloop.Loop'> <class 'javaloop.Loop'>\n"
    assert int(re.search(r"passes=(\d+)", ours.err)[1]) >= 2
    stock = javaloop("--stock-loop", "-c", code)
    assert "javaloop" not in stock.out
    assert stock.err == ""


def test_uvloop_by_another_name(javaloop):
    code = """\
import asyncio
import uvloop
async def name():
    return type(asyncio.get_running_loop()).__module__
print(uvloop.run(name()))
asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
print(isinstance(asyncio.new_event_loop(), uvloop.Loop))
uvloop.no_such_name
"""
    ended = javaloop("--alias-uvloop", "-W", "ignore", "-c", code)
    assert ended.out == "javaloop\nTrue\n"
    assert "module 'uvloop' has no attribute 'no_such_name'" in ended.err
    assert ended.status == 1


def test_uvloop_is_looked_for_before_it_is_imported(javaloop):
    code = """\
import importlib.util
print(importlib.util.find_spec("uvloop").name)
import uvloop.loop
print(issubclass(uvloop.Loop, uvloop.loop.Loop))
"""
    assert javaloop("--alias-uvloop", "-c", code).out == "uvloop\nTrue\n"


def test_uvloops_run_takes_a_factory(javaloop):
    code = """\
import asyncio
import uvloop
class Mine(uvloop.Loop):
    pass
async def name():
    return type(asyncio.get_running_loop()).__name__
print(uvloop.run(name(), loop_factory=Mine), uvloop.run(name()))
"""
    assert javaloop("--alias-uvloop", "-c", code).out == "Mine Loop\n"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.Runner came with 3.11")
def test_a_runner_with_uvloops_loop(javaloop):
    code = """\
import asyncio
import uvloop
async def name():
    return type(asyncio.get_running_loop()).__module__
with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    print(runner.run(name()))
"""
    assert javaloop("--alias-uvloop", "-c", code).out == "javaloop\n"


def test_own_names_before_asyncio(javaloop):
    code = "import javaloop; loop = javaloop.new_event_loop(); print(type(loop)); loop.close()"
    assert javaloop("-c", code).out == "<class 'javaloop.Loop'>\n"
    code = "import uvloop; loop = uvloop.new_event_loop(); print(type(loop)); loop.close()"
    assert javaloop("--alias-uvloop", "-c", code).out == "<class 'javaloop.Loop'>\n"


def test_legacy(javaloop, script):
    script(
        "import asyncio\n\n@asyncio.coroutine\ndef one():\n    yield from asyncio.sleep(0)\n    return 1\n",
        "old.py",
    )
    code = "import asyncio, old; print(asyncio.run(old.one()))"
    assert javaloop("--legacy", "-c", code).out == "1\n"
    assert "--legacy" in javaloop("--help").out
    if sys.version_info >= (3, 11):  # 3.10 has the decorator
        ended = javaloop("-c", code)
        assert "has no attribute 'coroutine'" in ended.err
        assert ended.status == 1
