"""Finds a JVM and javaloop's jars for this python, and boots them in it."""

from __future__ import annotations

import os
import sys
import zlib

from javaloop._engines.cpython import jvm, stacks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# A built tree: this package is in its folder ``python``.
_RUNTIME = os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
)


def boot(options: Sequence[str] = ()) -> None:
    """Boots the JVM, if that has not been done.

    :param options: of the JVM, in place of the start-up cache
    :raises ImportError: in one line that says what is missing
    """
    if "_javaloop" in sys.modules:
        return
    jars = jars_in(os.path.join(_RUNTIME, "modules"))
    jvm.boot(_java_home(), jars, options or _use_of_cache(jars))
    settle()


def settle() -> None:
    """Once, after Java and the CPython of a program are bound."""
    stacks.enlarge_small()
    _keep_threads()
    leave_children_alone()


def jars_in(folder: str) -> list[str]:
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise ImportError(f"javaloop: its jars are not in {folder}: {error.strerror}") from None
    found = [
        os.path.join(folder, name)
        for name in names
        if name.startswith(("java-loop-", "javaloop-")) and name.endswith(".jar")
    ]
    if len(found) < 2:
        raise ImportError(f"javaloop: its jars are not in {folder}; build it anew")
    return found


def start_up_cache(jars: Sequence[str]) -> str:
    """The path of the cache of classes for jars, whether it is there or not.

    Its name tells the jars' sizes and times: the JVM takes a cache of other jars of the same names.
    """
    key = 0
    for jar in jars:
        stat = os.stat(jar)
        key = zlib.crc32(f"{jar} {stat.st_size} {stat.st_mtime_ns};".encode(), key)
    return os.path.join(_RUNTIME, f"aot-cpython-{key:08x}")


def _use_of_cache(jars: Sequence[str]) -> list[str]:
    cache = start_up_cache(jars)
    return [f"-XX:AOTCache={cache}", "-Xlog:aot*=off"] if os.path.exists(cache) else []


def _java_home() -> str:
    candidates = [os.path.join(_RUNTIME, "jre")]
    try:
        with open(os.path.join(_RUNTIME, "stamp"), encoding="utf-8") as stamp:
            candidates.append(stamp.readline().strip())
    except OSError:
        pass
    candidates.append(os.environ.get("JAVA_HOME", ""))
    for home in candidates:
        if home and os.path.exists(os.path.join(home, "lib", "server", "libjvm.so")):
            return home
    raise ImportError("javaloop: no JDK 25 was found; install one, or set JAVA_HOME to it")


def _keep_threads() -> None:
    import atexit

    import _javaloop  # pyright: ignore # made by Java

    atexit.register(_javaloop.keep_threads)  # pyright: ignore


def leave_children_alone() -> None:
    """In a forked child the JVM is a memory image without threads: nothing there may call it."""
    import atexit

    import _javaloop  # pyright: ignore # made by Java

    from javaloop import _host

    def after_fork() -> None:
        _host.after_fork()
        atexit.unregister(_javaloop.keep_threads)  # pyright: ignore
        # Handles of loops may name methods of transports: these are the first to leave.
        for name in ("transports", "loop", "values"):
            module = sys.modules.get("javaloop._engines.cpython." + name)
            if module is not None:
                module.leave_java()

    os.register_at_fork(after_in_child=after_fork)
