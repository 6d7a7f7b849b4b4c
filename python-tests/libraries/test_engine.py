"""What GraalPy lacks and the tests here or the pinned versions step around: once it passes, they need not."""

import ast
import sys
import warnings

import pytest


def fails_on_graalpy(error, reason):
    """Strict: an unexpected pass fails."""
    condition = sys.implementation.name == "graalpy"
    return pytest.mark.xfail(condition, raises=error, reason=reason)


def compiled(source):
    names = {}
    exec(compile(ast.parse(source), "source", "exec"), names)
    return names["f"]()


@fails_on_graalpy(NotImplementedError, "so Django is below 6")
def test_except_star():
    compiled("def f():\n  try:\n    raise KeyError\n  except* KeyError: ...")


@fails_on_graalpy(DeprecationWarning, "so conftest.py ignores the warning")
def test_throwing_into_what_is_awaited():
    class Delegate:
        """As aiohttp's requests are."""

        def __init__(self, coroutine):
            self.coroutine = coroutine

        def __await__(self):
            return self

        __iter__ = __await__

        def __next__(self):
            return self.coroutine.send(None)

        def send(self, value):
            return self.coroutine.send(value)

        def throw(self, *error):
            return self.coroutine.throw(*error)

        def close(self):
            self.coroutine.close()

    class Once:
        def __await__(self):
            yield

    async def inner():
        await Once()

    async def outer():
        await Delegate(inner())

    coroutine = outer()
    coroutine.send(None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(KeyError):
            coroutine.throw(KeyError("thrown"))
