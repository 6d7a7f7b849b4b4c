"""Runs a program on this CPython for ``./javaloop --engine cpython``, and for ``jep``.

The launcher executes ``python FLAGS -c "…main()" FOLDER KIND TARGET OPTIONS ARGUMENT…``,
where FOLDER has this package: the python has read its own flags and ends as any python does.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Boots the JVM and runs the program that ``sys.argv`` names."""
    _, _, kind, target, options, *arguments = sys.argv
    chosen = set(options.split(","))
    if sys.path[:1] == [""] and not getattr(sys.flags, "safe_path", False):
        del sys.path[0]  # of -c
    sys.argv[:] = [{"command": "-c", "module": "-m"}.get(kind, target), *arguments]
    _describe(kind, target, arguments)
    try:
        from javaloop._engines.cpython import start

        start.boot()
    except ImportError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from None
    from javaloop import _main

    status = _main.run(
        kind,
        target,
        "stock-loop" in chosen,
        "stats" in chosen,
        "alias-uvloop" in chosen,
        "legacy" in chosen,
    )
    if status == _main.INTERRUPTED:
        # This python then runs its end and dies of the signal: who waits for it sees by what it ended.
        _show_nothing_once()
        raise KeyboardInterrupt
    if not sys.flags.inspect:
        raise SystemExit(status)
    # What the program has raised is printed, and this python's prompt comes.


def _show_nothing_once() -> None:
    hook = sys.excepthook

    def show_nothing(*_: object) -> None:
        sys.excepthook = hook

    sys.excepthook = show_nothing


def _describe(kind: str, target: str, arguments: list[str]) -> None:
    """Has ``sys.orig_argv`` say what a python's would, in place of what the launcher executed."""
    at = sys.orig_argv.index("-c")
    words = {"command": ["-c", target], "module": ["-m", target]}.get(
        kind, [target] if target else []
    )
    sys.orig_argv[at:] = [*words, *arguments]
