"""Methods of Python's classes that are Java's, and how a forked child gets rid of them."""

from __future__ import annotations

import collections
from types import BuiltinMethodType, MethodDescriptorType
from typing import Any

_left: list[type[Any]] = []


def leave(kind: type[Any]) -> None:
    """Takes Java's methods off a class, which has those of its base then."""
    for name, value in list(vars(kind).items()):
        if type(value) is MethodDescriptorType:
            delattr(kind, name)
    _left.append(kind)


def rebind_all(handles: Any) -> None:
    """Has handles call the methods that objects have now in place of those that were Java's.

    :param handles: a collection of them; anything else, which a program has registered, is left
    """
    if not issubclass(handles.__class__, (tuple, list, collections.deque)):
        return
    for each in handles:
        callback = getattr(each, "_callback", None)
        if type(callback) is BuiltinMethodType and isinstance(callback.__self__, tuple(_left)):
            each._callback = getattr(callback.__self__, callback.__name__)
