"""Runs a program as a python would: a script, a module, a command, standard input or a REPL."""

from __future__ import annotations

import os
import sys

import __main__
from javaloop import _host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


INTERRUPTED = -2  # an end by SIGINT; exit statuses are positive


def run(
    kind: str,
    target: str,
    stock_loop: bool,
    statistics: bool,
    alias_uvloop: bool,
    legacy: bool,
    words: Sequence[str] = (),
    extended: Sequence[str] = (),
    optimize: int = 0,
    dev_mode: bool = False,
) -> int:
    """Runs the program and everything that a python does at its end; returns the exit status.

    :param kind: ``file``, ``module``, ``command``, ``stdin`` or ``repl``
    :param target: the path, the module's name or the code; empty for the last two
    :param stock_loop: whether asyncio keeps its own loop
    :param statistics: whether to print what Java counted, at the end
    :param alias_uvloop: whether ``import uvloop`` gives our loops
    :param legacy: whether asyncio has what it had in Python 3.9
    :param words: the command line; this and what follows is for GraalPy, CPython has read its own
    :param extended: the values of ``-X``
    :param optimize: how often ``-O`` was given
    :param dev_mode: whether development mode is on
    """
    if _host.ON_GRAALPY:
        from javaloop import _signals, _start

        _start.describe(list(words), list(extended), optimize, dev_mode)
        _signals.install()
        _signals.start()
    if not stock_loop:
        from javaloop import _alias

        _alias.install()
    if alias_uvloop:
        from javaloop import _uvloop

        _uvloop.install()
    if legacy:
        import javaloop_legacy

        javaloop_legacy.install()
    if _host.by_ffm():
        if statistics:
            import atexit

            atexit.register(_print_statistics)  # the first, so that it runs last
        return _guarded(_PROGRAMS[kind], target)  # this python ends by itself
    status = _finish(_guarded(_PROGRAMS[kind], target))
    if statistics:
        _print_statistics()
    return 130 if status == INTERRUPTED else status  # as a shell shows it


def _print_statistics() -> None:
    from javaloop._engine import LoopStats

    counts = LoopStats(*(_host.totals() or ()))._asdict()
    print("javaloop:", *(f"{name}={value}" for name, value in counts.items()), file=sys.stderr)


def _guarded(program: Any, target: str) -> int:
    try:
        program(target)
        return 0
    except SystemExit as exit:
        if _host.by_ffm() and sys.flags.inspect:
            return _report(exit)  # the program's end is not this python's, whose prompt comes
        return exit_status(exit)
    except BaseException as error:
        return _report(error)


def exit_status(exit: SystemExit) -> int:
    code = exit.code
    if code is None:
        return 0
    if isinstance(code, int):
        if -(2**63) <= code < 2**63:
            return code & 0xFF
        flush(sys.stdout)
        if sys.version_info[:2] == (3, 12):  # others keep it to themselves, or blame somebody else
            print("OverflowError: Python int too large to convert to C long", file=sys.stderr)
        return 0xFF
    flush(sys.stdout)
    print(code, file=sys.stderr)
    return 1


def _report(error: BaseException) -> int:
    """Prints what a python prints: the program's frames, without this engine's own."""
    from javaloop import _tracebacks

    _tracebacks.clean(error)
    if sys.version_info >= (3, 12):
        sys.last_exc = error
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, error.__traceback__
    flush(sys.stdout)
    try:
        sys.excepthook(type(error), error, error.__traceback__)
    except SystemExit as exit:
        return exit_status(exit)
    except BaseException as broken:
        print("Error in sys.excepthook:", file=sys.stderr)
        sys.__excepthook__(type(broken), _tracebacks.clean(broken), broken.__traceback__)
        print("\nOriginal exception was:", file=sys.stderr)
        sys.__excepthook__(type(error), error, error.__traceback__)
    return INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1


def _finish(status: int) -> int:
    """Joins threads, runs atexit functions and flushes, in a python's order."""
    import atexit

    threading = sys.modules.get("threading")
    for step in (threading and threading._shutdown, atexit._run_exitfuncs):  # type: ignore
        if step:
            try:
                step()
            except SystemExit as exit:
                status = exit_status(exit)
            except BaseException as error:
                interrupted = _report(error)
                status = interrupted if isinstance(error, KeyboardInterrupt) else status
    if not flush(sys.stdout):
        status = status or 120
    flush(sys.stderr)
    return status


def flush(stream: Any) -> bool:
    """Returns whether what was printed arrived."""
    try:
        if stream is not None and not stream.closed:
            stream.flush()
    except OSError as error:
        if stream is sys.stdout and not isinstance(error, BrokenPipeError):
            print(f"Exception ignored in {stream!r}: {error}", file=sys.stderr)
        return False
    return True


def run_file(path: str, names: dict[str, Any]) -> None:
    """Runs a script, a directory or an archive in the namespace of ``__main__``."""
    path = os.path.abspath(path)
    if os.path.isdir(path) or _is_archive(path):
        sys.path.insert(0, path)
        import runpy

        runpy._run_module_as_main("__main__", False)  # type: ignore[attr-defined]
        return
    import io

    try:
        with io.open_code(path) as file:
            source = file.read()
    except OSError as error:
        # As CPython's own launcher words it, and with its exit status.
        print(
            f"{sys.executable}: can't open file {path!r}: [Errno {error.errno}] {error.strerror}",
            file=sys.stderr,
        )
        raise SystemExit(2) from None
    from importlib.machinery import SourceFileLoader

    _prepend(os.path.dirname(os.path.realpath(path)))
    names["__file__"] = path
    names["__cached__"] = None
    names["__loader__"] = SourceFileLoader("__main__", path)
    exec(compile(source, path, "exec", dont_inherit=True), names)


def _run_file(path: str) -> None:
    run_file(path, __main__.__dict__)


def _is_archive(path: str) -> bool:
    import zipimport

    try:
        zipimport.zipimporter(path)
    except zipimport.ZipImportError:
        return False
    return True


def _run_module(name: str) -> None:
    _prepend(os.getcwd())
    import runpy

    runpy._run_module_as_main(name)  # type: ignore[attr-defined]


def _run_command(source: str) -> None:
    _prepend_cwd()
    if sys.version_info >= (3, 14) and source[:1].isspace():
        import textwrap

        source = textwrap.dedent(source)
    code = compile(source, "<string>", "exec", dont_inherit=True)
    if sys.version_info >= (3, 13):
        _show_lines(code, source)
    exec(code, __main__.__dict__)


def _show_lines(code: Any, source: str) -> None:
    """Has tracebacks show a command's lines, as a python does from 3.13 on."""
    import linecache

    register: Any = getattr(linecache, "_register_code", None)
    if register is not None:
        key = code if sys.version_info >= (3, 14) else code.co_filename
        register(key, source, code.co_filename)


def _run_stdin(_: str) -> None:
    _prepend_cwd()
    source = sys.stdin.buffer.read()
    __main__.__dict__["__file__"] = "<stdin>"
    exec(compile(source, "<stdin>", "exec", dont_inherit=True), __main__.__dict__)


def _run_repl(_: str) -> None:
    _prepend_cwd()
    from javaloop import _repl

    _repl.interact()


def _prepend_cwd() -> None:
    _prepend("")


def _prepend(folder: str) -> None:
    # The engine may have put it there, by what sys.argv[0] was at its start.
    if not getattr(sys.flags, "safe_path", False) and sys.path[:1] != [folder]:
        sys.path.insert(0, folder)


_PROGRAMS = {
    "file": _run_file,
    "module": _run_module,
    "command": _run_command,
    "stdin": _run_stdin,
    "repl": _run_repl,
}
