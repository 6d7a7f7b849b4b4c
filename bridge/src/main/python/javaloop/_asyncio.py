# pyright: reportAttributeAccessIssue=false, reportUnknownVariableType=false
"""The private parts of asyncio that this package stands on; their types are in ``_asyncio.pyi``.

What moves between Python versions is looked up here, and nowhere else.
"""

from asyncio import events, unix_events
from asyncio.futures import _FINISHED as FINISHED
from asyncio.futures import _PENDING as PENDING
from asyncio.futures import _get_loop as get_loop
from asyncio.futures import _PyFuture as PyFuture
from asyncio.selector_events import _SelectorDatagramTransport as DatagramTransport
from asyncio.selector_events import _SelectorSocketTransport as SocketTransport
from asyncio.selector_events import _SelectorTransport as SelectorTransport
from asyncio.tasks import _current_tasks as current_tasks
from asyncio.tasks import _enter_task as enter_task
from asyncio.tasks import _PyTask as PyTask
from asyncio.tasks import _register_task as register_task
from asyncio.tasks import _task_name_counter as next_task_number
from asyncio.unix_events import SelectorEventLoop as BaseLoop
from asyncio.unix_events import _UnixReadPipeTransport as ReadPipeTransport
from asyncio.unix_events import _UnixWritePipeTransport as WritePipeTransport
from selectors import _BaseSelectorImpl as BaseSelector
from socket import socket as Socket  # programs put functions in its place

__all__ = [
    "FINISHED",
    "PENDING",
    "POLICY",
    "BaseLoop",
    "BasePolicy",
    "BaseSelector",
    "DatagramTransport",
    "PyFuture",
    "PyTask",
    "ReadPipeTransport",
    "SelectorTransport",
    "Socket",
    "SocketTransport",
    "ThreadSafeHandle",
    "WritePipeTransport",
    "current_tasks",
    "enter_task",
    "get_loop",
    "next_task_number",
    "register_task",
    "set_policy",
]

# 3.14 warns of the policies' public names, and has these for itself.
_HIDDEN = hasattr(unix_events, "_DefaultEventLoopPolicy")
POLICY = "_DefaultEventLoopPolicy" if _HIDDEN else "DefaultEventLoopPolicy"
BasePolicy = getattr(unix_events, POLICY)
ThreadSafeHandle = getattr(events, "_ThreadSafeHandle", None)  # 3.14
set_policy = getattr(events, "_set_event_loop_policy" if _HIDDEN else "set_event_loop_policy")
