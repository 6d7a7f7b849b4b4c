"""What a thread of a pool raised, for GraalPy: whole before somebody else has it.

A traceback names the frame that caught the exception. While that frame ends in its own thread, who walks
the traceback in another may get a null for it, and the engine ends (NullPointerException). A pool's
threads hand over what they caught just before that end; here a frame catches it that has ended already.
"""

from __future__ import annotations

from types import CodeType
from typing import Any

# The line that raises looks, and is numbered, as concurrent.futures' own: both show in tracebacks.
_SOURCE = """\
if True:
    def run(self):



        try:
            result = self.fn(*self.args, **self.kwargs)
        except BaseException as error:
            return None, error
        return result, None
"""


def install() -> None:
    """Loads concurrent.futures' threads; for when they are needed."""
    from concurrent.futures import thread

    kind: Any = thread._WorkItem  # pyright: ignore[reportPrivateUsage]
    if kind.run.__module__ != __name__:
        kind.run = _run_with(_catcher(kind.run.__code__))


def _catcher(original: CodeType) -> Any:
    names: dict[str, Any] = {}
    lines_before = "\n" * (original.co_firstlineno - 2)  # both have their def in one line
    exec(compile(lines_before + _SOURCE, original.co_filename, "exec"), names)
    return names["run"]


def _run_with(catch: Any) -> Any:
    def run(self: Any) -> None:
        future = self.future
        if not future.set_running_or_notify_cancel():
            return
        result, error = catch(self)
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    return run
