"""Gives back what asyncio has lost since Python 3.9, to programs that were written before.

    import javaloop_legacy

    javaloop_legacy.install()

A file that stands alone, for CPython 3.10 to 3.14 and GraalPy, with or without javaloop. What a version still has is left as
it is. Back come, without the deprecation warnings of the versions in between:

- ``asyncio.coroutine``, and generators as coroutines;
- coroutines in ``asyncio.wait``, which start in the order in which they are given;
- ``loop=`` where 3.9 took it. It chooses the loop outside of a running one; queues and locks refuse another than theirs;
- ``asyncio.get_event_loop()`` in the main thread without a loop, which makes one;
- ``asyncio.get_event_loop_policy`` and ``set_event_loop_policy``, the policies themselves and ``asyncio.iscoroutinefunction``,
  which 3.14 warns of; the watchers of children, which it has no more, do not come back;
- ``asyncio.Task.current_task`` and ``asyncio.Task.all_tasks`` (of the tasks that are not done).
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from importlib.machinery import ModuleSpec
    from typing import Any

_MARK = "_javaloop_legacy"
# Coroutine functions, which run on the loop that awaits them.
_RUN_IN_ANY_LOOP = {
    "tasks": ("sleep", "wait_for"),
    "streams": (
        "open_connection",
        "start_server",
        "open_unix_connection",
        "start_unix_server",
    ),
    "subprocess": ("create_subprocess_exec", "create_subprocess_shell"),
}
_BOUND_TO_A_LOOP = ("Lock", "Event", "Condition", "Semaphore", "BoundedSemaphore", "Queue")


def install() -> None:
    """Changes asyncio, at once where it is imported and else when it will be."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        finder: Any = _Finder()
        sys.meta_path.insert(0, finder)
    else:
        _give(asyncio)


class _Finder:
    """Steps in for the import of asyncio, once."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != "asyncio":
            return None
        finder: Any = self
        sys.meta_path.remove(finder)
        import importlib.util

        spec = importlib.util.find_spec(name)
        if spec is None:
            return None
        loader: Any = spec.loader
        execute = loader.exec_module

        def exec_module(module: Any) -> None:
            del loader.exec_module  # which uncovers the class's own
            execute(module)
            _give(module)

        loader.exec_module = exec_module
        return spec


def _give(asyncio: Any) -> None:
    if hasattr(asyncio, _MARK):
        return
    setattr(asyncio, _MARK, True)
    _give_without_warning(asyncio)
    _give_coroutines(asyncio)
    _give_current_loop(asyncio.events)
    for module, names in _RUN_IN_ANY_LOOP.items():
        for name in names:
            _replace(asyncio, module, name, _without_loop)
    for change in (_gather, _wait, _as_completed, _shield):
        _replace(asyncio, "tasks", change.__name__[1:], change)
    for name in _BOUND_TO_A_LOOP:
        _take_loop(getattr(asyncio, name))
    _give_task_methods(asyncio)


def _replace(asyncio: Any, module: str, name: str, change: Callable[[Any], Any]) -> None:
    import functools

    original = getattr(asyncio, name)
    changed = functools.wraps(original)(change(original))
    setattr(asyncio, name, changed)
    setattr(getattr(asyncio, module), name, changed)


def _give_without_warning(asyncio: Any) -> None:
    """What 3.14 has for itself under hidden names, and warns of where the public ones are used."""
    events, unix_events = asyncio.events, asyncio.unix_events
    for module, name in (
        (events, "get_event_loop_policy"),
        (events, "set_event_loop_policy"),
        (asyncio.coroutines, "iscoroutinefunction"),
    ):
        hidden = getattr(module, "_" + name, None)
        if hidden is not None:
            setattr(module, name, hidden)
            setattr(asyncio, name, hidden)
    if not hasattr(unix_events, "_DefaultEventLoopPolicy"):
        return
    policies = {"AbstractEventLoopPolicy": events, "DefaultEventLoopPolicy": unix_events}
    original = asyncio.__getattr__

    def __getattr__(name: str) -> Any:
        module = policies.get(name)
        return original(name) if module is None else getattr(module, "_" + name)

    asyncio.__getattr__ = __getattr__


# --- generators as coroutines


def _give_coroutines(asyncio: Any) -> None:
    import types

    coroutines = asyncio.coroutines
    if types.GeneratorType not in coroutines._COROUTINE_TYPES:
        coroutines._COROUTINE_TYPES += (types.GeneratorType,)
    if not hasattr(asyncio, "coroutine"):
        asyncio.coroutine = coroutines.coroutine = coroutine
        asyncio.__all__ += ("coroutine",)


def coroutine(function: Any) -> Any:
    """``asyncio.coroutine``: a coroutine function of a generator function, or of a plain one."""
    import inspect
    import types

    if inspect.iscoroutinefunction(function):
        return function
    generator = function if inspect.isgeneratorfunction(function) else _awaiting(function)
    return _marked(types.coroutine(generator))


def _marked(function: Any) -> Any:
    """The same, which ``asyncio.iscoroutinefunction`` now takes for what it is."""
    from asyncio import coroutines

    function._is_coroutine = vars(coroutines)["_is_coroutine"]
    return function


def _awaiting(function: Any) -> Any:
    """A generator function that calls the plain one, and waits for what it gives if that can be."""
    import functools
    import inspect

    @functools.wraps(function)
    def call(*args: Any, **keywords: Any) -> Any:
        result = function(*args, **keywords)
        if inspect.isgenerator(result):
            return (yield from result)  # pyright: ignore[reportUnknownVariableType]
        if inspect.isawaitable(result):
            return (yield from result.__await__())
        return result

    return call


# --- the current loop


def _give_current_loop(events: Any) -> None:
    if sys.version_info < (3, 12):
        return
    import threading

    policy: Any = getattr(events, "_BaseDefaultEventLoopPolicy", None)  # 3.14
    policy = policy or events.BaseDefaultEventLoopPolicy
    set_loop = policy.set_event_loop

    def set_event_loop(self: Any, loop: Any) -> None:
        set_loop(self, loop)
        self._local._set_called = True  # 3.14 does not note it

    def get_event_loop(self: Any) -> Any:
        local, thread = self._local, threading.current_thread()
        if (
            local._loop is None
            and not getattr(local, "_set_called", False)
            and thread is threading.main_thread()
        ):
            self.set_event_loop(self.new_event_loop())
        if local._loop is None:
            raise RuntimeError(f"There is no current event loop in thread {thread.name!r}.")
        return local._loop

    policy.set_event_loop = set_event_loop
    policy.get_event_loop = get_event_loop


# --- loop=, and coroutines where tasks are wanted


def _without_loop(original: Any) -> Any:
    import inspect

    def call(*args: Any, loop: Any = None, **keywords: Any) -> Any:
        return original(*args, **keywords)

    return getattr(inspect, "markcoroutinefunction", _marked)(call)  # 3.12 has it


def _gather(original: Any) -> Any:
    def gather(*awaitables: Any, loop: Any = None, **keywords: Any) -> Any:
        if loop is None:
            return original(*awaitables, **keywords)
        if not awaitables:
            future = loop.create_future()
            loop.call_soon(future.set_result, [])
            return future
        return original(*_futures(awaitables, loop), **keywords)

    return gather


def _wait(original: Any) -> Any:
    import asyncio
    import inspect

    async def wait(fs: Any, *, loop: Any = None, **keywords: Any) -> Any:
        if not inspect.isawaitable(fs):  # one is refused in asyncio's words
            fs = _futures(fs, asyncio.get_running_loop())
        return await original(fs, **keywords)

    return wait


def _as_completed(original: Any) -> Any:
    import inspect

    def as_completed(fs: Any, *, loop: Any = None, **keywords: Any) -> Any:
        if not inspect.isawaitable(fs):
            fs = list(fs) if loop is None else _futures(fs, loop)
        return original(fs, **keywords)

    return as_completed


def _shield(original: Any) -> Any:
    def shield(arg: Any, *, loop: Any = None) -> Any:
        return original(arg if loop is None else _futures([arg], loop)[0])

    return shield


def _futures(awaitables: Iterable[Any], loop: Any) -> list[Any]:
    """A future of each; one that is given twice is one."""
    import asyncio

    given = list(awaitables)
    made = {
        id(each): asyncio.ensure_future(each, loop=loop)
        for each in {id(it): it for it in given}.values()
    }
    return [made[id(each)] for each in given]


def _take_loop(kind: Any) -> None:
    import asyncio
    import functools

    original = kind.__init__

    @functools.wraps(original)
    def __init__(self: Any, *args: Any, loop: Any = None, **keywords: Any) -> None:
        original(self, *args, **keywords)
        if isinstance(loop, asyncio.AbstractEventLoop):  # 3.10 has a marker for none
            self._loop = loop
            if hasattr(self, "_lock"):  # a condition's
                self._lock._loop = loop

    kind.__init__ = __init__


# --- asyncio.Task's methods


def _give_task_methods(asyncio: Any) -> None:
    kind = asyncio.Task
    if hasattr(kind, "all_tasks"):
        return

    def current_task(cls: Any, loop: Any = None) -> Any:
        return asyncio.current_task(loop or asyncio.get_event_loop())

    def all_tasks(cls: Any, loop: Any = None) -> Any:
        return asyncio.all_tasks(loop or asyncio.get_event_loop())

    methods = {"current_task": classmethod(current_task), "all_tasks": classmethod(all_tasks)}
    try:
        for name, method in methods.items():
            setattr(kind, name, method)
    except TypeError:
        # CPython's own class cannot be changed; a class above it passes for it.
        asyncio.Task = _above(kind, type(kind), methods)


def _above(kind: Any, meta: Any, names: dict[str, Any]) -> Any:
    class Meta(meta):
        def __instancecheck__(self, instance: Any) -> bool:
            return (
                isinstance(instance, kind)
                if self is made
                else meta.__instancecheck__(self, instance)
            )

        def __subclasscheck__(self, subclass: Any) -> bool:
            return (
                issubclass(subclass, kind)
                if self is made
                else meta.__subclasscheck__(self, subclass)
            )

    made: Any = Meta(kind.__name__, (kind,), {"__module__": kind.__module__, **names})
    return made
