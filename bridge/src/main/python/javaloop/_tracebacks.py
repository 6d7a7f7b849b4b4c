"""Tracebacks as CPython prints them: without the frames that only this engine has.

CPython's tasks and futures are written in C and leave no frames; here they are Python, asyncio's
or ours.
"""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from asyncio import constants, format_helpers
from collections.abc import Iterator
from types import CodeType, FrameType, TracebackType
from typing import Any

_OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep
_ASYNCIO = os.path.dirname(os.path.abspath(asyncio.__file__)) + os.sep
_FUTURES = os.path.join("asyncio", "futures.py")
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
        if _is_hidden(traceback.tb_frame.f_code) or place in seen:
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


def install() -> None:
    """Has debug mode show where things were made as it does on asyncio's own loop.

    It keeps ten frames of a handle: with ours among them those of the program were cut off.
    """
    module: Any = format_helpers
    module.extract_stack = _extract_stack


def _extract_stack(f: FrameType | None = None, limit: int | None = None) -> traceback.StackSummary:
    caller = sys._getframe(1)
    if limit is None and not caller.f_code.co_filename.endswith(_FUTURES):
        limit = constants.DEBUG_STACK_DEPTH  # which futures and tasks in C do without
    shown = _shown(caller if f is None else f)
    stack = traceback.StackSummary.extract(shown, limit=limit, lookup_lines=False)
    stack.reverse()
    return stack


def _shown(frame: FrameType | None) -> Iterator[tuple[FrameType, int]]:
    """A frame and those that called it, without the loop's own."""
    # The innermost are those of call_soon, create_task and the like: their callers count on them.
    making = True
    while frame is not None:
        file = frame.f_code.co_filename
        making = making and file.startswith((_OURS, _ASYNCIO))
        if making or not _is_hidden(frame.f_code):
            yield frame, frame.f_lineno
        frame = frame.f_back


def _is_hidden(code: CodeType) -> bool:
    file = code.co_filename
    if file.startswith(_OURS):
        return True
    if file.endswith(_FUTURES):
        return code.co_name in ("result", "__await__")
    return file.endswith(_TASKS) and code.co_name in _STEPS
