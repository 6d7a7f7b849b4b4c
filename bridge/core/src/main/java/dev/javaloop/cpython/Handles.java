package dev.javaloop.cpython;

/// `asyncio.Handle` and `asyncio.TimerHandle`, made and read without their Python code.
///
/// They are real instances of those classes, with all their slots set as `__init__` sets them
/// outside debug mode.
final class Handles {
  static final long TYPE;
  static final long TIMER_TYPE;

  /// Whether this version has handles of its own for other threads (3.14), with more in them.
  static final boolean HAS_THREAD_SAFE;

  /// The dict of the class `Handle`, where a program may have put another `_run`.
  private static final long HANDLE_DICT;

  private static final long RUN;
  private static final long RUN_NAME = Names.of("_run");

  static final long CALLBACK;
  static final long ARGUMENTS;
  static final long CANCELLED;
  static final long LOOP;
  static final long CONTEXT;
  private static final long SOURCE_TRACEBACK;
  private static final long REPR;
  private static final long SCHEDULED;
  private static final long WHEN;

  static {
    long events = PyObjects.importModule("asyncio.events");
    TYPE = Names.attribute(events, "Handle");
    TIMER_TYPE = Names.attribute(events, "TimerHandle");
    HAS_THREAD_SAFE = CApi.dictItem(PyObjects.dictOf(events), Names.of("_ThreadSafeHandle")) != 0;
    HANDLE_DICT = PyObjects.dictOf(TYPE);
    RUN = Names.attribute(TYPE, "_run");
    // A timer has the slots of a handle where the handle has them.
    long[] slots =
        Layout.slots(
            TIMER_TYPE,
            "_callback",
            "_args",
            "_cancelled",
            "_loop",
            "_source_traceback",
            "_repr",
            "_context",
            "_scheduled",
            "_when");
    CALLBACK = slots[0];
    ARGUMENTS = slots[1];
    CANCELLED = slots[2];
    LOOP = slots[3];
    SOURCE_TRACEBACK = slots[4];
    REPR = slots[5];
    CONTEXT = slots[6];
    SCHEDULED = slots[7];
    WHEN = slots[8];
  }

  private Handles() {}

  /// A handle, owned.
  ///
  /// @param arguments a tuple; takes the reference
  /// @param context a context; takes the reference
  static long newHandle(long callback, long arguments, long loop, long context) {
    return fill(CApi.allocate(TYPE, 0), callback, arguments, loop, context);
  }

  /// A timer's handle that is scheduled, owned.
  ///
  /// @param when its deadline; takes the reference, as of arguments and context
  static long newTimer(long when, long callback, long arguments, long loop, long context) {
    long handle = fill(CApi.allocate(TIMER_TYPE, 0), callback, arguments, loop, context);
    Memory.setWord(handle + WHEN, when);
    References.add(PyObjects.TRUE);
    Memory.setWord(handle + SCHEDULED, PyObjects.TRUE);
    return handle;
  }

  private static long fill(long handle, long callback, long arguments, long loop, long context) {
    if (handle == 0) {
      throw new Failures.PythonRaised();
    }
    References.add(callback);
    Memory.setWord(handle + CALLBACK, callback);
    Memory.setWord(handle + ARGUMENTS, arguments);
    References.add(loop);
    Memory.setWord(handle + LOOP, loop);
    Memory.setWord(handle + CONTEXT, context);
    References.add(PyObjects.FALSE);
    Memory.setWord(handle + CANCELLED, PyObjects.FALSE);
    References.add(PyObjects.NONE);
    Memory.setWord(handle + SOURCE_TRACEBACK, PyObjects.NONE);
    References.add(PyObjects.NONE);
    Memory.setWord(handle + REPR, PyObjects.NONE);
    return handle;
  }

  static boolean isCancelled(long handle) {
    return Memory.word(handle + CANCELLED) != PyObjects.FALSE;
  }

  /// Sets `_scheduled`. Neither of both values can be freed by it.
  static void setScheduled(long timer, boolean scheduled) {
    long before = Memory.word(timer + SCHEDULED);
    long after = scheduled ? PyObjects.TRUE : PyObjects.FALSE;
    References.add(after);
    Memory.setWord(timer + SCHEDULED, after);
    if (before != 0) {
      References.drop(before);
    }
  }

  /// The value of `_scheduled`.
  static boolean isScheduled(long timer) {
    return Memory.word(timer + SCHEDULED) == PyObjects.TRUE;
  }

  /// The deadline of a timer, borrowed: any number.
  static long when(long timer) {
    return Memory.word(timer + WHEN);
  }

  /// Whether it is one whose class is exactly asyncio's, whatever else programs derive from it.
  static boolean isPlain(long handle) {
    long type = Memory.word(handle + Layout.TYPE);
    return type == TYPE || type == TIMER_TYPE;
  }

  /// Whether `Handle._run` is asyncio's own: some tools put theirs in its place.
  static boolean runIsOwn() {
    return CApi.dictItem(HANDLE_DICT, RUN_NAME) == RUN;
  }
}
