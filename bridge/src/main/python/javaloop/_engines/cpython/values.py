"""What crosses between Java and Python, where Java leaves it to Python."""

from __future__ import annotations

import numbers
import operator
from collections.abc import Sequence
from typing import Any


class JavaObject:
    """A Java object of a kind that Python can only hand back."""

    # The number under which Java keeps it; Java sets it, and gives the class its ``__del__``.
    __slots__ = ("_number",)
    __module__ = "javaloop"


def leave_java() -> None:
    """In a forked child: the Java objects are not to be given up there."""
    if "__del__" in vars(JavaObject):
        del JavaObject.__del__  # pyright: ignore


def _class_of(value: object) -> type[object]:
    return type(value)


def plain(value: Any) -> Any:
    """The same value as an object of exactly the type that Java reads.

    :raises TypeError: for a value that has no form in Java
    """
    kind = _class_of(value)
    same: Any = value  # what is narrowed has types that are not known
    for base in int, float, str:
        if isinstance(value, base):
            return getattr(base, f"__{base.__name__}__")(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(same)
    if isinstance(value, dict):
        return dict(same.items())
    if isinstance(value, Sequence):
        return list(same)
    # numpy's scalars are registered as such, but not its arrays.
    if isinstance(value, numbers.Integral):
        return int(operator.index(value))
    if isinstance(value, numbers.Real) and not isinstance(value, numbers.Rational):
        return float(same)
    name = kind.__qualname__
    if kind.__module__ == "numpy" and name in ("bool", "bool_"):
        return bool(same)
    if kind.__module__ != "builtins":
        name = f"{kind.__module__}.{name}"
    raise TypeError(
        f"a Python {name} cannot cross to Java; return numbers, strings, bytes, lists or dicts"
    )
