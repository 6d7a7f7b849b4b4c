"""-c, -m, -, scripts, folders, archives and standard input: as CPython runs them."""

import multiprocessing
import zipfile

import pytest
from processes import ENGINE

TELL = """\
import json, sys
print(json.dumps({
    "name": __name__,
    "file": globals().get("__file__"),
    "package": __package__,
    "spec": __spec__ and __spec__.name,
    "argv": sys.argv,
    "orig": sys.orig_argv[1:],
    "path": sys.path[0],
    "main": sys.modules["__main__"].__dict__ is globals(),
    "flags": [sys.flags.isolated, sys.flags.ignore_environment, sys.flags.optimize],
}, indent=1))
"""
TELL_BRIEFLY = TELL.replace('    "orig": sys.orig_argv[1:],\n', "")


def test_a_script(same, script):
    same(script(TELL_BRIEFLY), "a", "-x", "--", "b c")


def test_a_script_by_a_relative_path(same, script, tmp_path):
    script(TELL_BRIEFLY, "folder with spaces/tell.py")
    same("folder with spaces/tell.py", "a")


def test_a_symlinked_script(same, script, tmp_path):
    (tmp_path / "link.py").symlink_to(script(TELL_BRIEFLY, "real/tell.py"))
    same("link.py")


def test_a_command(same):
    same("-c", TELL_BRIEFLY, "a", "-c", "b")


def test_a_cluster_of_flags(same):
    same("-uEc", TELL_BRIEFLY, "a")


def test_a_module(same, script):
    script("", "package/__init__.py")
    script(TELL_BRIEFLY, "package/__main__.py")
    same("-m", "package", "a", "-m")


def test_a_module_that_is_not_there(same):
    ended = same("-m", "no_such_module")
    assert ended.status == 1


def test_standard_input(same):
    same("-", "a", stdin=TELL_BRIEFLY)


def test_standard_input_without_a_dash(same):
    same(stdin="import sys\nprint(sys.argv, __name__, repr(sys.path[0]))\n")


def test_a_folder(same, script, tmp_path):
    script(TELL_BRIEFLY + "import beside; print(beside.x)\n", "folder/__main__.py")
    script("x = 5", "folder/beside.py")
    same("folder", "a")


def test_an_archive(same, tmp_path):
    with zipfile.ZipFile(tmp_path / "app.pyz", "w") as archive:
        archive.writestr("__main__.py", TELL_BRIEFLY + "import beside; print(beside.x)\n")
        archive.writestr("beside.py", "x = 5")
    same("app.pyz", "a")


def test_an_archive_with_another_name(same, tmp_path):
    with zipfile.ZipFile(tmp_path / "app", "w") as archive:
        archive.writestr("__main__.py", "print('ran', __name__)")
    same("app")


def test_a_folder_without_main(same, tmp_path):
    (tmp_path / "empty").mkdir()
    assert same("empty").status == 1


def test_a_script_that_is_not_there(same):
    ended = same("no_such_script.py")
    assert ended.status == 2
    assert "No such file or directory" in ended.err


def test_the_original_words(same):
    same("-u", "-c", "import sys; print(sys.orig_argv[1:])", "a")


def test_scripts_see_themselves_as_main(same, script):
    # One process for what would take many.
    script("value = 7", "beside.py")
    same(
        script("""\
import asyncio, inspect, pickle, sys
import __main__
import beside
from dataclasses import dataclass

@dataclass
class Point:
    x: int

async def main():
    await asyncio.sleep(0)
    return beside.value

if __name__ == "__main__":
    print(asyncio.run(main()))
    print(pickle.loads(pickle.dumps(Point(3))), __main__.Point is Point)
    print(inspect.getsource(main))
    print(__doc__, __annotations__)
    print(eval("Point(4)"), [k for k in sorted(globals()) if not k.startswith("__")])
    print(sys.stdin.read(), sys.stdout.isatty(), sys.stdin.encoding, sys.stdout.encoding)
    sys.stderr.write("to stderr\\n")
"""),
        stdin="from stdin é",
    )


@pytest.mark.xfail(
    ENGINE == "graalpy",
    reason="the engine's exec puts a dict there, as CPython does outside __main__",
)
def test_builtins_are_a_module(same, script):
    same(script("print(type(__builtins__))"))


@pytest.mark.parametrize("name", ["asyncio", "multiprocessing"])
def test_who_only_looks_for_a_module_does_not_change_what_it_becomes(javaloop, script, name):
    """As ``-m asyncio`` does, and pytest's plugins."""
    path = script(f"""\
import importlib.util
import sys

for _ in range(2):
    spec = importlib.util.find_spec({name!r})
    assert spec.name == {name!r} and spec.origin.endswith("__init__.py")
    assert spec.loader.get_source({name!r}) and spec.loader.is_package({name!r})
assert {name!r} not in sys.modules

import asyncio
import multiprocessing

assert {name}.__loader__ is {name}.__spec__.loader
assert not type({name}.__loader__).__module__.startswith("javaloop")
assert importlib.util.find_spec({name!r}) is {name}.__spec__
loop = asyncio.new_event_loop()
print(type(loop).__module__, multiprocessing.get_start_method() == "fork")
loop.close()
assert not [finder for finder in sys.meta_path if type(finder).__module__.startswith("javaloop")]
""")
    ended = javaloop(path)
    forks = ENGINE == "cpython" and multiprocessing.get_start_method() == "fork"
    assert (ended.out, ended.err) == (f"javaloop {forks}\n", "")
