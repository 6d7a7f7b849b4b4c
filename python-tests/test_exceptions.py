"""What callbacks raise: the default handler's report, one's own handler, handlers that fail."""

import asyncio
import contextvars
import logging
import traceback

import pytest


def failing():
    raise ZeroDivisionError("of callback")


def test_the_default_handler_logs_and_the_loop_goes_on(loop, one_pass, caplog):
    seen = []
    loop.call_soon(failing)
    loop.call_soon(seen.append, 1)
    with caplog.at_level(logging.ERROR, "asyncio"):
        one_pass()
    assert seen == [1]
    [record] = caplog.records
    assert record.message.startswith(
        f"Exception in callback {failing.__qualname__}() at {__file__}"
    )
    assert "handle: <Handle failing() at" in record.message
    assert record.exc_info[0] is ZeroDivisionError


@pytest.mark.parametrize("how", ["soon", "threadsafe", "later"])
def test_a_handler_of_ones_own_gets_the_context(loop, one_pass, how):
    seen = []
    loop.set_exception_handler(lambda loop, context: seen.append((loop, context)))
    handle = {
        "soon": lambda: loop.call_soon(failing),
        "threadsafe": lambda: loop.call_soon_threadsafe(failing),
        "later": lambda: loop.call_later(0, failing),
    }[how]()
    one_pass()
    [(where, context)] = seen
    assert where is loop
    assert isinstance(context["exception"], ZeroDivisionError)
    assert context["handle"] is handle
    assert context["message"].startswith("Exception in callback failing() at")


def test_set_and_get(loop):
    assert loop.get_exception_handler() is None
    loop.set_exception_handler(print)
    assert loop.get_exception_handler() is print
    loop.set_exception_handler(None)
    assert loop.get_exception_handler() is None
    with pytest.raises(TypeError, match="A callable object or None is expected, got 1"):
        loop.set_exception_handler(1)


def test_call_exception_handler(loop, caplog):
    with caplog.at_level(logging.ERROR, "asyncio"):
        loop.call_exception_handler({"message": "the message", "extra": 5})
    [record] = caplog.records
    assert record.message == "the message\nextra: 5"
    assert not record.exc_info


def test_a_handler_that_fails_is_reported(loop, one_pass, caplog):
    def broken(loop, context):
        raise KeyError("of handler")

    loop.set_exception_handler(broken)
    loop.call_soon(failing)
    with caplog.at_level(logging.ERROR, "asyncio"):
        one_pass()
    [record] = caplog.records
    assert record.message.startswith("Unhandled error in exception handler")
    assert record.exc_info[0] is KeyError


def test_a_handler_may_use_the_default_one(loop, one_pass, caplog):
    loop.set_exception_handler(lambda loop, context: loop.default_exception_handler(context))
    loop.call_soon(failing)
    with caplog.at_level(logging.ERROR, "asyncio"):
        one_pass()
    assert len(caplog.records) == 1


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt])
def test_ends_of_the_program_leave_run_forever(loop, one_pass, kind):
    def end():
        raise kind

    seen = []
    loop.call_soon(end)
    loop.call_soon(seen.append, "kept")
    with pytest.raises(kind):
        loop.run_forever()
    assert not loop.is_running()
    one_pass()
    assert seen == ["kept"]


def test_other_base_exceptions_go_to_the_handler(loop, one_pass):
    class Odd(BaseException):
        pass

    def raise_odd():
        raise Odd

    seen = []
    loop.set_exception_handler(lambda loop, context: seen.append(context["exception"]))
    loop.call_soon(raise_odd)
    one_pass()
    assert isinstance(seen[0], Odd)


def test_a_done_callback_that_fails_does_not_stop_the_others(loop, one_pass):
    errors, seen = [], []
    loop.set_exception_handler(lambda loop, context: errors.append(context["exception"]))
    future = loop.create_future()
    future.add_done_callback(lambda _: failing())
    future.add_done_callback(seen.append)
    future.set_result(None)
    one_pass()
    assert seen == [future]
    assert isinstance(errors[0], ZeroDivisionError)


def test_a_readers_error_goes_to_the_handler(loop, one_pass):
    import socket

    errors = []
    loop.set_exception_handler(lambda loop, context: errors.append(context["exception"]))
    reader, writer = socket.socketpair()
    with reader, writer:
        writer.send(b"x")
        loop.add_reader(reader, failing)
        one_pass()
        loop.remove_reader(reader)
    assert isinstance(errors[0], ZeroDivisionError)


def test_the_exceptions_traceback_ends_in_the_callback(loop, one_pass):
    errors = []
    loop.set_exception_handler(lambda loop, context: errors.append(context["exception"]))
    loop.call_soon(failing)
    one_pass()
    traceback = errors[0].__traceback__
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    assert traceback.tb_frame.f_code is failing.__code__


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_report_is_as_if_the_handle_had_called(loop, one_pass, count):
    """Whoever does call: the traceback, the handle's context, and nothing kept alive by either."""
    variable = contextvars.ContextVar("variable", default="none")
    context = contextvars.copy_context()
    context.run(variable.set, "mine")
    told = []

    def raises(*given):
        raise ZeroDivisionError(len(given), variable.get())

    def tell(loop, report):
        error, handle = report["exception"], report["handle"]
        names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
        told.append((error.args, names, handle._context is context, error.__context__))

    loop.set_exception_handler(tell)
    loop.call_soon(raises, *range(count), context=context)
    one_pass()
    assert told == [((count, "mine"), ["_run", "raises"], True, None)]


def test_a_callback_that_cancels_its_handle_and_fails(loop, one_pass):
    errors = []
    loop.set_exception_handler(lambda loop, context: errors.append(context["exception"]))

    def cancels(_):
        handle.cancel()
        failing()

    handle = loop.call_soon(cancels, 1)
    one_pass()
    assert [type(error) for error in errors] == [ZeroDivisionError]


def test_a_handle_may_be_run_by_a_tool(loop, one_pass, monkeypatch):
    """Some that watch for slow callbacks put their own method in place of asyncio's."""
    run = asyncio.Handle._run
    seen = []

    def watched(handle):
        seen.append(handle)
        run(handle)

    called = []
    one_pass()
    monkeypatch.setattr(asyncio.Handle, "_run", watched)
    handle = loop.call_soon(called.append, 1)
    one_pass()
    assert handle in seen and called == [1]


def test_run_until_complete_raises_what_the_coroutine_raised(loop):
    async def main():
        await asyncio.sleep(0)
        failing()

    with pytest.raises(ZeroDivisionError, match="of callback"):
        loop.run_until_complete(main())
