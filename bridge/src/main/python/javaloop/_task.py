"""Handles and tasks that do less work per step, for engines where asyncio's are written in Python.

They keep every promise of the classes they derive from. A task is its own entry in the loop's run
queue: a step needs no handle, no bound method and no argument tuple. In debug mode and for eager
starts the inherited, slower way is taken.
"""

from __future__ import annotations

import contextvars
from asyncio import coroutines, events, exceptions
from types import CoroutineType
from typing import Any, cast

from javaloop._asyncio import (
    PENDING,
    PyFuture,
    PyTask,
    current_tasks,
    enter_task,
    get_loop,
    next_task_number,
    register_task,
)

_copy_context = contextvars.copy_context


class Handle(events.Handle):
    """``asyncio.Handle`` outside debug mode, made without asking the loop for it."""

    __slots__ = ()

    def __init__(self, callback: Any, args: Any, loop: Any, context: Any) -> None:
        self._context = _copy_context() if context is None else context
        self._loop = loop
        self._callback = callback
        self._args = args
        self._cancelled = False
        self._repr = None
        self._source_traceback = None


class TimerHandle(events.TimerHandle):
    """A timer that knows its number in Java (-1: not there)."""

    __slots__ = ("_id",)
    _id: int
    _when: float
    _scheduled: bool
    _source_traceback: Any

    def __init__(self, when: float, callback: Any, args: Any, loop: Any, context: Any) -> None:
        if loop._debug:
            super().__init__(when, callback, args, loop, context)
            if self._source_traceback:
                del self._source_traceback[-1]
        else:
            # As in Handle, without a call for it.
            self._context = _copy_context() if context is None else context
            self._loop = loop
            self._callback = callback
            self._args = args
            self._cancelled = False
            self._repr = None
            self._source_traceback = None
            self._when = when
        self._scheduled = True
        self._id = -1


class Task(PyTask):
    # The name is asyncio's own: it shows in repr(), and the private methods here take the place of
    # the inherited ones by it.

    _cancelled = False  # what the run queue asks of its entries

    # Most tasks never change these.
    _num_cancels_requested = 0
    _must_cancel = False
    _fut_waiter = None

    def __init__(
        self,
        coro: Any,
        *,
        loop: Any = None,
        name: str | None = None,
        context: contextvars.Context | None = None,
        eager_start: bool = False,
    ) -> None:
        if loop is None or eager_start or loop._debug:
            super().__init__(coro, loop=loop, name=name, context=context, eager_start=eager_start)
            if self._source_traceback:
                del self._source_traceback[-1]
            return
        self._loop = loop
        self._callbacks = []
        if type(coro) is not CoroutineType and not coroutines.iscoroutine(coro):
            self._log_destroy_pending = False
            raise TypeError(f"a coroutine was expected, got {coro!r}")
        self._name = next_task_number() if name is None else str(name)
        self._coro = coro
        self._context = _copy_context() if context is None else context
        loop._check_closed()
        loop._ready.append(self)
        register_task(self)

    def get_name(self) -> str:
        name = self._name
        if type(name) is int:
            self._name = name = f"Task-{name}"
        return cast(str, name)

    def _run(self) -> None:
        """Runs a step, as the entry of the run queue that this task is."""
        try:
            self._context.run(self.__step)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            self._loop.call_exception_handler(
                {
                    "message": f"Exception in callback {self!r}",
                    "exception": error,
                    "handle": self,
                }
            )

    def __step(self, exc: BaseException | None = None) -> None:
        if self._state is not PENDING:
            raise exceptions.InvalidStateError(f"_step(): already done: {self!r}, {exc!r}")
        if self._must_cancel:
            if not isinstance(exc, exceptions.CancelledError):
                exc = self._make_cancelled_error()
            self._must_cancel = False
        self._fut_waiter = None
        loop = self._loop
        if current_tasks.get(loop) is not None:
            enter_task(loop, self)  # raises
        current_tasks[loop] = self
        try:
            self.__step_run_and_handle_result(exc)
        finally:
            # Not None in its place: asyncio's own tasks take that for a running task.
            del current_tasks[loop]
            del self  # a reference cycle would keep the task alive through an exception

    def __step_run_and_handle_result(self, exc: BaseException | None) -> None:
        try:
            result = self._coro.send(None) if exc is None else self._coro.throw(exc)
        except StopIteration as stop:
            if self._must_cancel:
                # Cancelled just before the coroutine returned.
                self._must_cancel = False
                PyFuture.cancel(self, msg=self._cancel_message)
            else:
                PyFuture.set_result(self, stop.value)
        except exceptions.CancelledError as cancelled:
            self._cancelled_exc = cancelled
            PyFuture.cancel(self)
        except (KeyboardInterrupt, SystemExit) as ending:
            PyFuture.set_exception(self, ending)
            raise
        except BaseException as error:
            PyFuture.set_exception(self, error)
        else:
            if result is None:
                self.__again()
            else:
                self.__wait(result)
        finally:
            del self

    def __again(self) -> None:
        loop = self._loop
        if loop._debug:
            loop.call_soon(self.__step, context=self._context)
        else:
            loop._check_closed()
            loop._ready.append(self)

    def __wait(self, result: Any) -> None:
        if getattr(result, "_asyncio_future_blocking", None) is None:
            self.__fail(f"Task got bad yield: {result!r}", result)
        elif get_loop(result) is not self._loop:
            self.__fail(f"Task {self!r} got Future {result!r} attached to a different loop")
        elif not result._asyncio_future_blocking:
            self.__fail(f"yield was used instead of yield from in task {self!r} with {result!r}")
        elif result is self:
            self.__fail(f"Task cannot await on itself: {self!r}")
        else:
            result._asyncio_future_blocking = False
            result.add_done_callback(self.__wakeup, context=self._context)
            self._fut_waiter = result
            if self._must_cancel and result.cancel(msg=self._cancel_message):
                self._must_cancel = False

    def __fail(self, message: str, result: Any = None) -> None:
        import inspect

        if inspect.isgenerator(result):
            message = (
                "yield was used instead of yield from for generator"
                f" in task {self!r} with {result!r}"
            )
        self._loop.call_soon(self.__step, RuntimeError(message), context=self._context)

    def __wakeup(self, future: Any) -> None:
        try:
            future.result()
        except BaseException as error:
            self.__step(error)
        else:
            self.__step()
