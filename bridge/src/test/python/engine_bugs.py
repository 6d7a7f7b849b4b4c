"""Each function says whether the engine has a bug that this project cures or goes round."""

import ast
import os
import signal
import ssl
import sys
import threading
import time
import traceback


def async_with():
    """``__aexit__`` runs although ``__aenter__`` raised."""
    ran = []

    class Broken:
        async def __aenter__(self):
            raise KeyError

        async def __aexit__(self, *error):
            ran.append(True)

    async def enter():
        async with Broken():
            pass

    try:
        enter().send(None)
    except (KeyError, StopIteration):
        pass
    return bool(ran)


def async_with_cancelled():
    """``__aexit__`` runs although ``__aenter__`` was cancelled: a lock is released by a waiter."""
    ran = []

    class Suspend:
        def __await__(self):
            yield

    class Waits:
        async def __aenter__(self):
            await Suspend()

        async def __aexit__(self, *error):
            ran.append(True)

    async def enter():
        async with Waits():
            pass

    coro = enter()
    coro.send(None)
    try:
        coro.throw(GeneratorExit)
    except (GeneratorExit, StopIteration):
        pass
    return bool(ran)


def annotations_of_a_tree():
    """Names in annotations are not found: of a function in a generator, compiled from a tree."""
    tree = ast.parse("def generate():\n    def annotated(x: int): pass\n    yield annotated")
    names = {}
    exec(compile(tree, "tree", "exec"), names)
    try:
        return names["generate"]().send(None).__annotations__ != {"x": int}
    except TypeError:
        return True


def coroutine_name():
    """Coroutines have neither ``__name__`` nor ``__qualname__``."""

    async def named():
        pass

    coro = named()
    try:
        return not (hasattr(coro, "__name__") and hasattr(coro, "__qualname__"))
    finally:
        coro.close()


def anext_with_a_default():
    """What ``anext`` gives with a default cannot be awaited."""

    async def nothing():
        return
        yield

    async def last():
        return await anext(nothing(), "default")

    try:
        last().send(None)
    except StopIteration as end:
        return end.value != "default"
    except TypeError:
        return True


def asyncgen_finalizer():
    """``sys.set_asyncgen_hooks`` forgets the finalizer."""

    def finalizer(agen):
        pass

    before = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(finalizer=finalizer)
    try:
        return sys.get_asyncgen_hooks()[1] is not finalizer
    finally:
        sys.set_asyncgen_hooks(*before)


def wakeup_fd():
    """``signal.set_wakeup_fd`` writes nothing."""
    handled = []
    reads, writes = os.pipe()
    os.set_blocking(reads, False)
    os.set_blocking(writes, False)
    before = signal.signal(signal.SIGWINCH, lambda *_: handled.append(True))
    try:
        try:
            signal.set_wakeup_fd(writes)
        except (AttributeError, NotImplementedError, ValueError):
            return True
        os.kill(os.getpid(), signal.SIGWINCH)
        while not handled:
            time.sleep(0)
        signal.set_wakeup_fd(-1)
        try:
            return os.read(reads, 1) == b""
        except BlockingIOError:
            return True
    finally:
        signal.signal(signal.SIGWINCH, before or signal.SIG_DFL)
        os.close(reads)
        os.close(writes)


def sleep_of_whole_seconds():
    """``time.sleep(0)`` sleeps until the clock shows another second."""
    for _ in range(5):
        second = int(time.time())
        time.sleep(0)
        if int(time.time()) == second:
            return False
    return True


def match_with_conditions():
    """The engine ends: not one of NAMES."""

    def choose(key, values):
        match key:
            case "first":
                return values[0] if values else None
            case 1:
                return values

    return [choose(1, 2), choose("first", [3]), choose("first", [])] != [2, 3, None]


def traceback_of_a_running_thread():
    """The engine ends: not one of NAMES. The frame that caught an exception runs in its thread."""

    def catch(caught, seen):
        try:
            divmod(1, 0)
        except ZeroDivisionError as error:
            caught.append(error)
            while not seen:
                pass

    def catch_in_a_generator(caught, seen):
        def generate():
            try:
                yield divmod(1, 0)
            except ZeroDivisionError as error:
                caught.append(error)
                while not seen:
                    pass

        list(generate())

    names = []
    for function in [catch, catch_in_a_generator] * 5:  # the first ones find the frame
        caught, seen = [], []
        thread = threading.Thread(target=function, args=(caught, seen), daemon=True)
        thread.start()
        while not caught:
            pass
        try:
            found = caught[0].__traceback__
            for name in "f_code", "f_locals", "f_globals", "f_lineno", "f_back":
                repr(getattr(found.tb_frame, name))
            names.append(traceback.extract_tb(found)[-1].name)
        finally:
            seen.append(True)
            thread.join()
        traceback.clear_frames(found)
    return names != ["catch", "generate"] * 5


def traceback_of_a_handler():
    """The engine ends: not one of NAMES. A signal's handler raises as a coroutine is entered."""

    class Handled(Exception):
        pass

    def handler(number, frame):
        if armed:
            armed.clear()
            raise Handled

    async def nothing():
        pass

    async def enter():
        while True:
            await nothing()

    def send():
        while not enough.wait(0.001):
            os.kill(os.getpid(), signal.SIGWINCH)

    armed = []
    enough = threading.Event()
    before = signal.signal(signal.SIGWINCH, handler)
    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    ends = []
    for _ in range(100):  # it took up to 4
        try:
            armed.append(True)
            enter().send(None)
        except Handled as error:
            ends.append(traceback.extract_tb(error.__traceback__)[-1].name)
    enough.set()
    sender.join()
    signal.signal(signal.SIGWINCH, before or signal.SIG_DFL)
    return ends != ["handler"] * 100


def any_address(certificate, key):
    """A TLS client that connects to an address takes the certificate of another."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    client = ssl.create_default_context(cafile=certificate)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(down, up, server_hostname="127.0.0.1"),
        server.wrap_bio(up, down, server_side=True),
    ]
    while ends:
        for end in list(ends):
            try:
                end.do_handshake()
                ends.remove(end)
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLCertVerificationError:
                return False
    return True


NAMES = (
    "sleep_of_whole_seconds",
    "async_with",
    "async_with_cancelled",
    "annotations_of_a_tree",
    "coroutine_name",
    "anext_with_a_default",
    "asyncgen_finalizer",
    "wakeup_fd",
)


def report(names):
    return [f"{name} {globals()[name]()}" for name in names]
