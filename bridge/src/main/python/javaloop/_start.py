"""What a python sets up before a program, where this engine does not: flags, options, words."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def describe(words: list[str], extended: list[str], optimize: int, dev_mode: bool) -> None:
    """What ``sys`` tells of the start, where the engine does not."""
    sys.orig_argv = [sys.executable, *words]
    options = (value.partition("=") for value in extended)
    sys._xoptions = {name: text if equals else True for name, equals, text in options}
    sys.excepthook = sys.__excepthook__ = _excepthook  # type: ignore[misc]
    environment: Mapping[str, str] = {} if sys.flags.ignore_environment else os.environ
    changes: dict[str, Any] = {}
    if dev_mode:
        changes["dev_mode"] = True
    if sys.flags.optimize:
        level = environment.get("PYTHONOPTIMIZE", "")
        level = max(1, optimize, int(level) if level.isdecimal() else 0)
        changes["optimize"] = min(level, 2)
        _compile_optimized(changes["optimize"])
    if changes:
        _change_flags(changes)


def _compile_optimized(level: int) -> None:
    """Gives ``compile`` the default that ``-O`` asks for; the engine's knows none."""
    import builtins
    import functools

    builtin = builtins.compile

    @functools.wraps(builtin)
    def compile_optimized(
        source: Any,
        filename: Any,
        mode: Any,
        flags: int = 0,
        dont_inherit: bool = False,
        optimize: int = -1,
        **more: Any,
    ) -> Any:
        chosen = level if optimize == -1 else optimize
        return builtin(source, filename, mode, flags, dont_inherit, chosen, **more)

    builtins.compile = compile_optimized


def _change_flags(changes: dict[str, Any]) -> None:
    from collections import namedtuple

    given = sys.flags
    names = [name for name in _FLAGS if hasattr(given, name)]
    kind = namedtuple("flags", names)  # type: ignore[misc] # the engine makes no other sys.flags
    sys.flags = kind(*(changes.get(name, getattr(given, name)) for name in names))  # type: ignore


_FLAGS = [  # in CPython's order
    "debug",
    "inspect",
    "interactive",
    "optimize",
    "dont_write_bytecode",
    "no_user_site",
    "no_site",
    "ignore_environment",
    "verbose",
    "bytes_warning",
    "quiet",
    "hash_randomization",
    "isolated",
    "dev_mode",
    "utf8_mode",
    "warn_default_encoding",
    "safe_path",
    "int_max_str_digits",
]


def _excepthook(kind: type[BaseException], error: BaseException, frames: Any, /) -> None:
    """``sys.excepthook`` that knows groups and notes, which the engine's does not."""
    import traceback

    traceback.print_exception(kind, error, frames)


_excepthook.__name__ = _excepthook.__qualname__ = "excepthook"
_excepthook.__module__ = "sys"
