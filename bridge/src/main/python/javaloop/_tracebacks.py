"""Tracebacks as CPython prints them: without the frames that only this engine has.

CPython's tasks and futures are written in C and leave no frames; here they are Python, asyncio's
or ours. Programs that never import asyncio use this too, so it does not either.
"""

from __future__ import annotations

import os
from types import CodeType, FrameType, TracebackType
from typing import Any

OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep
FUTURES = os.path.join("asyncio", "futures.py")
_TASKS = os.path.join("asyncio", "tasks.py")
_STEPS = {"__step", "__wakeup", "__step_run_and_handle_result", "__eager_start"}


def clean(error: BaseException) -> BaseException:
    """Takes those frames out of the error, its causes and the errors of a group; returns it.

    Where a future that is awaited raises, the engine lists the awaiting frames twice, the second time from
    the innermost: once is kept.
    """
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        each = todo.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        each.__traceback__ = _without(each.__traceback__)
        todo += [each.__cause__, each.__context__]
        members: Any = getattr(each, "exceptions", ())  # of a group
        todo += [member for member in members if isinstance(member, BaseException)]
    return error


def _without(traceback: TracebackType | None) -> TracebackType | None:
    kept: list[TracebackType] = []
    seen: set[tuple[FrameType, int]] = set()
    hidden = False
    while traceback is not None:
        place = traceback.tb_frame, traceback.tb_lineno
        if is_hidden(traceback.tb_frame.f_code) or place in seen:
            hidden = True
        else:
            kept.append(traceback)
            seen.add(place)
        traceback = traceback.tb_next
    if not hidden:
        return kept[0] if kept else None
    result = None
    for entry in reversed(kept):
        result = TracebackType(result, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return result


def is_hidden(code: CodeType) -> bool:
    file = code.co_filename
    if file.startswith(OURS):
        return True
    if file.endswith(FUTURES):
        return code.co_name in ("result", "__await__")
    return file.endswith(_TASKS) and code.co_name in _STEPS
