"""Where handles, tasks and coroutines were made, as debug mode shows it."""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from asyncio import constants, format_helpers
from collections.abc import Iterator
from types import FrameType
from typing import Any

from javaloop._tracebacks import FUTURES, OURS, is_hidden

_ASYNCIO = os.path.dirname(os.path.abspath(asyncio.__file__)) + os.sep


def install() -> None:
    """Has debug mode show where things were made as it does on asyncio's own loop.

    It keeps ten frames of a handle: with ours among them those of the program were cut off.
    """
    module: Any = format_helpers
    module.extract_stack = _extract_stack


def _extract_stack(f: FrameType | None = None, limit: int | None = None) -> traceback.StackSummary:
    caller = sys._getframe(1)
    if limit is None and not caller.f_code.co_filename.endswith(FUTURES):
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
        making = making and file.startswith((OURS, _ASYNCIO))
        if making or not is_hidden(frame.f_code):
            yield frame, frame.f_lineno
        frame = frame.f_back
