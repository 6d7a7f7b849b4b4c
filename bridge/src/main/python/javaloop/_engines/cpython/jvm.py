"""Boots a JVM in this CPython and binds both; afterwards the module ``_javaloop`` is there.

The JVM comes by its invocation interface, through ctypes: no compiler and no C of ours.
"""

from __future__ import annotations

import os
import signal
import sys

try:
    import ctypes
except ImportError as error:
    raise ImportError(
        f"javaloop: {sys.executable} has no ctypes, which loads the JVM: {error}"
    ) from None

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

VERSIONS = (3, 10), (3, 14)

# What the JVM itself works with, and faulthandler handles too.
_FAULTS = (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)

# What the JVM's threads must get.
_OF_THE_JVM = {*_FAULTS, signal.SIGTRAP}

# What the JVM would handle and has no need to.
_OF_THE_PROGRAM = (signal.SIGPIPE, signal.SIGXFSZ)

# The last one is called.
_OF_BOTH_JARS = b"dev/javaloop/loop/Interest", b"dev/javaloop/cpython/Boot"

_JNI_VERSION = 0x00180000  # the newest that JDK 25 has
_WRONG_VERSION = -3
_FIND_CLASS, _GET_STATIC_METHOD, _CALL_STATIC_VOID = 6, 113, 143  # in JNI's table of functions
_SIZE_OF_SIGACTION = 256  # more than any

# With the number of the signal by which the JVM suspends threads.
_SUSPEND_VARIABLE = "_JAVA_SR_SIGNUM"


class _Option(ctypes.Structure):
    _fields_ = [("text", ctypes.c_char_p), ("extra", ctypes.c_void_p)]


class _Arguments(ctypes.Structure):
    _fields_ = [
        ("version", ctypes.c_int),
        ("count", ctypes.c_int),
        ("options", ctypes.POINTER(_Option)),
        ("ignore_unknown", ctypes.c_ubyte),
    ]


def check_python() -> None:
    """Refuses what is not supported, in one line."""
    first, last = VERSIONS
    version = sys.version_info[:2]
    if sys.implementation.name != "cpython" or not first <= version <= last:
        raise ImportError(
            f"javaloop: {sys.executable} is {sys.implementation.name}"
            f" {version[0]}.{version[1]}; CPython {first[0]}.{first[1]} to {last[0]}.{last[1]} is supported"
        )
    if not getattr(sys, "_is_gil_enabled", lambda: True)() or "t" in getattr(sys, "abiflags", ""):
        raise ImportError(
            f"javaloop: {sys.executable} is a free-threaded build, which is not supported;"
            " use the ordinary one"
        )
    if not sys.platform.startswith("linux"):
        raise ImportError(f"javaloop: Linux is supported, this is {sys.platform}")


def boot(home: str, jars: Sequence[str], options: Sequence[str] = ()) -> None:
    """Starts the JVM.

    :param home: of a JDK 25 or a runtime image of it
    :param jars: the class path
    :param options: more of the JVM's options
    :raises ImportError: where there is none, or it does not start
    """
    check_python()
    hold_standard_descriptors()
    library = os.path.join(home, "lib", "server", "libjvm.so")
    try:
        # Before the JVM's: it finds there who else wants a signal that it handles.
        signals = _Signals(os.path.join(home, "lib", "libjsig.so"))
        jvm: Any = ctypes.PyDLL(library, mode=ctypes.RTLD_GLOBAL)
    except OSError as error:
        raise ImportError(f"javaloop: the JVM could not be loaded: {error}") from None
    words = [
        "-Djava.class.path=" + os.pathsep.join(jars),
        "--enable-native-access=ALL-UNNAMED",
        "-Xss16m",
        "-Xrs",
        "-XX:+UseSerialGC",
        "-XX:-UsePerfData",
        "-Xlog:disable",
        "-Xlog:all=error:stderr",
        *options,
    ]
    encoded = [os.fsencode(word) for word in words]
    array = (_Option * len(encoded))(*(_Option(word, None) for word in encoded))
    arguments = _Arguments(_JNI_VERSION, len(encoded), array, 0)
    machine, environment = ctypes.c_void_p(), ctypes.c_void_p()
    jvm.JNI_CreateJavaVM.argtypes = [ctypes.c_void_p] * 3
    with signals:
        status = jvm.JNI_CreateJavaVM(
            ctypes.byref(machine), ctypes.byref(environment), ctypes.byref(arguments)
        )
        if status == _WRONG_VERSION:
            raise ImportError(f"javaloop: the JVM in {home} is older than that of JDK 25")
        if status != 0:
            raise ImportError(f"javaloop: the JVM in {home} did not start (status {status})")
        _call_boot(environment)  # starts a thread of Java's too


def _call_boot(environment: ctypes.c_void_p) -> None:
    table = ctypes.cast(environment, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p)))[0]
    pointer = ctypes.c_void_p
    find_class = ctypes.PYFUNCTYPE(pointer, pointer, ctypes.c_char_p)(_entry(table, _FIND_CLASS))
    get_method = ctypes.PYFUNCTYPE(pointer, pointer, pointer, ctypes.c_char_p, ctypes.c_char_p)(
        _entry(table, _GET_STATIC_METHOD)
    )
    call = ctypes.PYFUNCTYPE(None, pointer, pointer, pointer, pointer)(
        _entry(table, _CALL_STATIC_VOID)
    )
    found = None
    for name in _OF_BOTH_JARS:
        found = find_class(environment, name)
        if not found:
            raise ImportError(f"javaloop: its jars are damaged: they have no {name.decode()}")
    method = get_method(environment, found, b"fromPython", b"(J)V")
    dlsym = ctypes.cast(ctypes.CDLL(None).dlsym, ctypes.c_void_p).value
    argument = ctypes.c_int64(dlsym or 0)
    call(environment, found, method, ctypes.byref(argument))


def _entry(table: Any, index: int) -> int:
    return table[index]


def hold_standard_descriptors() -> None:
    """Has 0, 1 and 2 open: else they are files of the JVM or sockets of the program, to be printed into."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)


def join_jvm() -> None:
    """Keeps the signals of both sides in order where a JVM has booted this CPython."""
    import faulthandler

    signals = _Signals(None)
    enabled = faulthandler.is_enabled()
    if enabled:  # by -X or the environment, in the place of the JVM's actions
        faulthandler.disable()
    signals.keep_faults()
    if enabled:
        faulthandler.enable()
    signals.lend([signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])


class _Signals:
    """Keeps the signals of both sides in order, while the JVM starts and from then on.

    - The JVM's threads inherit that signals are blocked, so that the kernel gives each to Python's.
    - What the JVM would handle and has no need to stays what it was.
    - The JVM's own actions for faults stay in front of the program's: the JVM compiles null checks
      and safepoints to such faults. It hands on what is not its own, so that faulthandler prints
      Python's traceback after a crash.
    """

    def __init__(self, library: str | None) -> None:
        """
        :param library: libjsig; None where the JVM was there first and does not know it
        """
        self._shared: Any = None
        if library is not None:
            # Known to the JVM as the place where others leave their actions for its signals.
            self._shared = ctypes.PyDLL(library, mode=ctypes.RTLD_GLOBAL)
            self._shared.sigaction.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
        # The GIL is kept: between two calls of it no other thread of Python's comes to Java.
        self._kernel: Any = ctypes.PyDLL("libc.so.6").sigaction
        self._kernel.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
        self._jvm: dict[int, Any] = {}
        self._program: dict[int, Any] = {}

    def __enter__(self) -> None:
        self._mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals() - _OF_THE_JVM)
        self._program = self._get_all(_FAULTS)
        self._others = self._get_all(_OF_THE_PROGRAM)
        # To suspend threads it would take SIGUSR2.
        self._suspend = os.environ.get(_SUSPEND_VARIABLE)
        os.environ[_SUSPEND_VARIABLE] = self._suspend or str(signal.SIGRTMAX - 2)

    def __exit__(self, failure: object, *_: object) -> None:
        if self._suspend is None:
            del os.environ[_SUSPEND_VARIABLE]
        self._set_all(self._others)
        if failure is None:
            self.keep_faults()
        signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    def keep_faults(self) -> None:
        """Has the JVM's actions for faults stay in front of the program's."""
        self._jvm = self._get_all(_FAULTS)
        if self._shared is not None:
            self._announce()
        self._follow_program()

    def _announce(self) -> None:
        """Says for which signals the JVM asks for the program's actions, and what these are.

        The JVM says it too, but where the library is not preloaded its calls do not come there.
        """
        self._shared.JVM_begin_signal_setting()
        for number, action in self._jvm.items():
            self._shared.sigaction(number, ctypes.addressof(action), None)
        self._shared.JVM_end_signal_setting()
        self._chain()

    def lend(self, numbers: Sequence[int]) -> None:
        """Leaves signals to the JVM, and has Python think that they have the system's default.

        So programs can put a handler there, and put back what they found.
        """
        import functools

        module: Any = signal
        set_handler = module.signal
        lent = self._get_all([each for each in numbers if signal.getsignal(each) is None])
        if not lent:
            return

        @functools.wraps(set_handler)
        def set_handler_or_give_back(signalnum: Any, handler: Any, /) -> Any:
            before = set_handler(signalnum, handler)
            if handler == signal.SIG_DFL and signalnum in lent:
                self._kernel(signalnum, ctypes.addressof(lent[signalnum]), None)
            return before

        module.signal = set_handler_or_give_back
        for number in lent:
            signal.signal(number, signal.SIG_DFL)

    def _chain(self) -> None:
        for number, action in self._program.items():
            self._shared.sigaction(number, ctypes.addressof(action), None)

    def _get_all(self, numbers: Sequence[int]) -> dict[int, Any]:
        actions: dict[int, Any] = {}
        for number in numbers:
            action = ctypes.create_string_buffer(_SIZE_OF_SIGACTION)
            self._kernel(number, None, ctypes.addressof(action))
            actions[number] = action
        return actions

    def _set_all(self, actions: dict[int, Any]) -> None:
        for number, action in actions.items():
            self._kernel(number, ctypes.addressof(action), None)

    def _change(self, change: Callable[[], Any]) -> Any:
        """Lets the program change its actions as if the JVM had none."""
        if self._shared is None:  # nor will the JVM call the program's
            try:
                return change()
            finally:
                self._set_all(self._jvm)
        self._set_all(self._program)
        try:
            return change()
        finally:
            self._program = self._get_all(_FAULTS)
            self._set_all(self._jvm)
            self._chain()

    def _follow_program(self) -> None:
        import faulthandler
        import functools

        def follow(module: Any, name: str, concerns: Callable[..., bool]) -> None:
            function = getattr(module, name)

            @functools.wraps(function)
            def behind_jvm(*args: Any, **named: Any) -> Any:
                call = functools.partial(function, *args, **named)
                return self._change(call) if concerns(*args, **named) else call()

            setattr(module, name, behind_jvm)

        def concerns_jvm(signalnum: Any = 0, *_: Any, **__: Any) -> bool:
            return signalnum in self._jvm

        follow(faulthandler, "enable", lambda *_, **__: True)
        follow(faulthandler, "disable", lambda *_, **__: True)
        follow(signal, "signal", concerns_jvm)
