package dev.javaloop.cpython;

import dev.javaloop.cpython.Builtins.Convention;
import dev.javaloop.loop.ErrnoException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;

/// The methods of Python's class `Loop` that are Java's: scheduling, and the pass.
///
/// Each has a plain way in Python, which is taken where the fast one does not apply: debug mode,
/// closed loops, unusual arguments, and for good once a program has reached for the loop's queues
/// (decision 11). The plain methods are those of the class's base, or of `_plain` in `loop.py`.
final class LoopMethods {
  private static final int CALLBACKS_IN_A_ROW = 64;

  /// Of `time.monotonic`'s clock, which asyncio adds to the time when it looks for what is due.
  private static final double RESOLUTION_SECONDS = 1e-9;

  /// As in asyncio.
  private static final double MOST_SECONDS = 24 * 3600;

  private static final long TASK_NAME = Names.of("Task");
  private static final long FUTURE_NAME = Names.of("Future");
  private static final long TASKS = PyObjects.importModule("asyncio.tasks");
  private static final long FUTURES = PyObjects.importModule("asyncio.futures");
  private static final long LOOP_NAMES = namesOf("loop");

  // Scratch for calls; a call copies what it is given before it runs anything.
  private static final long SCRATCH = Memory.allocate(16 * 8L);

  // `names` that calls came with, owned, and what was made of them.
  private static final long[] CONTEXT_NAMES = new long[2];
  private static long lastTaskNames;
  private static long taskNamesWithLoop;

  private static final Clock CLOCK = new Clock();

  /// Of the class: the plain ways and what has to be done in Python.
  private static long plain;

  /// By which `call_later` makes its timer.
  private static @Nullable OwnMethod callAt;

  private LoopMethods() {}

  /// Gives the class its methods.
  ///
  /// @param type the class `Loop`
  /// @param probe a class of the same layout, whose instances do nothing at their end
  /// @param plainWays an object with the plain methods as attributes, and with `failed`,
  ///   `run_in_debug` and `descriptor_ready`
  static void install(long type, long probe, long plainWays) {
    LoopFields.use(probe);
    Boot.initialize(
        MethodHandles.lookup(), Handles.class, BoundMethods.class, SocketTransports.class);
    References.add(probe);
    References.add(plainWays);
    plain = plainWays;
    Builtins builtins = new Builtins(MethodHandles.lookup());
    String call = "($self, callback, /, *args, context=None)";
    builtins.addMethod(type, "call_soon" + call, Convention.NAMED, "callSoon");
    builtins.addMethod(type, "call_soon_threadsafe" + call, Convention.NAMED, "callSoonThreadsafe");
    builtins.addMethod(
        type,
        "call_later($self, delay, callback, /, *args, context=None)",
        Convention.NAMED,
        "callLater");
    builtins.addMethod(
        type, "call_at($self, when, callback, /, *args, context=None)", Convention.NAMED, "callAt");
    callAt = new OwnMethod("call_at", Names.attribute(type, "call_at"));
    String createTask = Texts.of(Names.attribute(plainWays, "create_task_signature"));
    builtins.addMethod(type, createTask, Convention.NAMED, "createTask");
    builtins.addMethod(type, "create_future($self, /)", Convention.NONE, "createFuture");
    builtins.addMethod(type, "get_debug($self, /)", Convention.NONE, "getDebug");
    builtins.addMethod(type, "_run_once($self, /)", Convention.NONE, "runOnce");
    builtins.addMethod(
        type, "_timer_handle_cancelled($self, handle, /)", Convention.ONE, "timerCancelled");
    builtins.addMethod(type, "_add_callback($self, handle, /)", Convention.ONE, "addCallback");
    builtins.addMethod(type, "_add_timer($self, timer, /)", Convention.ONE, "addTimer");
    builtins.addMethod(type, "_write_to_self($self, /)", Convention.NONE, "writeToSelf");
    builtins.addMethod(type, "_open_state($self, /)", Convention.NONE, "openState");
    builtins.addMethod(type, "_close_state($self, /)", Convention.NONE, "closeState");
    builtins.addMethod(type, "_clear_state($self, /)", Convention.NONE, "clearState");
    builtins.addMethod(type, "_set_repeats($self, repeats, /)", Convention.ONE, "setRepeats");
    builtins.addMethod(type, "_set_quiet($self, count, /)", Convention.ONE, "setQuiet");
    builtins.addMethod(
        type, "_watch($self, fd, events, reader, writer, /)", Convention.POSITIONAL, "watch");
    builtins.addMethod(type, "_select($self, seconds, /)", Convention.ONE, "select");
    builtins.addMethod(type, "_take_back($self, /)", Convention.NONE, "takeBack");
    builtins.addMethod(type, "_copy_queues($self, /)", Convention.NONE, "copyQueues");
    builtins.addMethod(type, "_counters($self, /)", Convention.NONE, "counters");
  }

  private static long namesOf(String... names) {
    long[] items = new long[names.length];
    for (int i = 0; i < names.length; i++) {
      items[i] = Names.of(names[i]);
    }
    return PyObjects.tuple(items);
  }

  /// Calls the plain way with all that a fast one was given. Owned, or 0 and an exception is set.
  private static long plainly(String method, long self, long arguments, long count, long names) {
    long total = count + (names == 0 ? 0 : CApi.tupleLength(names));
    long block = total + 2 <= 16 ? SCRATCH : 0;
    try (java.lang.foreign.Arena arena = java.lang.foreign.Arena.ofConfined()) {
      if (block == 0) {
        block = arena.allocate(8 * (total + 2), 8).address();
      }
      Memory.setWord(block, plain);
      Memory.setWord(block + 8, self);
      for (long i = 0; i < total; i++) {
        Memory.setWord(block + 16 + 8 * i, Memory.word(arguments + 8 * i));
      }
      return CApi.callMethod(Names.of(method), block, count + 2, names);
    }
  }

  // --- callbacks

  /// `context` of a call's named arguments, owned; a copy of the current one if it is not given. 0:
  /// there are others, or it is no context.
  private static long context(long arguments, long count, long names) {
    if (names != 0) {
      if (names != CONTEXT_NAMES[0] && names != CONTEXT_NAMES[1] && !areContext(names)) {
        return 0;
      }
      long given = Memory.word(arguments + 8 * count);
      if (given != PyObjects.NONE) {
        if (PyObjects.typeOf(given) != PyObjects.CONTEXT_TYPE) {
          return 0;
        }
        References.add(given);
        return given;
      }
    }
    return PyObjects.checked(CApi.copyContext());
  }

  /// Whether a call's names are `("context",)`, and remembers if so: each call in the program's
  /// code has a tuple of its own, and asyncio's C code has one, of a str that is not interned.
  private static boolean areContext(long names) {
    if (CApi.tupleLength(names) != 1 || !Texts.of(CApi.tupleItem(names, 0)).equals("context")) {
      return false;
    }
    // The first place is for what comes most; the second one for what came last.
    int at = CONTEXT_NAMES[0] == 0 ? 0 : 1;
    long before = CONTEXT_NAMES[at];
    References.add(names);
    CONTEXT_NAMES[at] = names;
    if (before != 0) {
      References.drop(before);
    }
    return true;
  }

  static long callSoon(long self, long arguments, long count, long names) {
    LoopState state = LoopFields.stateOrNull(self);
    if (state == null || state.plain || count == 0 || !LoopFields.isFast(self)) {
      return plainly("call_soon", self, arguments, count, names);
    }
    long context = context(arguments, count, names);
    if (context == 0) {
      return plainly("call_soon", self, arguments, count, names);
    }
    long handle = newHandle(self, arguments, count, context);
    References.add(handle);
    state.ready.add(handle);
    return handle;
  }

  private static long newHandle(long self, long arguments, long count, long context) {
    return Handles.newHandle(
        Memory.word(arguments), PyObjects.slice(arguments, 1, count), self, context);
  }

  static long callSoonThreadsafe(long self, long arguments, long count, long names) {
    LoopState state = LoopFields.stateOrNull(self);
    if (state == null
        || state.plain
        || count == 0
        || Handles.HAS_THREAD_SAFE
        || !LoopFields.isFast(self)) {
      return plainly("call_soon_threadsafe", self, arguments, count, names);
    }
    long context = context(arguments, count, names);
    if (context == 0) {
      return plainly("call_soon_threadsafe", self, arguments, count, names);
    }
    long handle = newHandle(self, arguments, count, context);
    References.add(handle);
    state.ready.add(handle);
    state.wake();
    return handle;
  }

  /// A handle that was made in Python.
  static long addCallback(long self, long handle) {
    LoopState state = LoopFields.state(self);
    if (state.plain) {
      return PyObjects.callMethod(plain, "add_callback", self, handle);
    }
    if (!Handles.isCancelled(handle)) {
      References.add(handle);
      state.ready.add(handle);
    }
    return PyObjects.none();
  }

  static long writeToSelf(long self, long unused) {
    LoopState state = LoopFields.stateOrNull(self);
    if (state != null) {
      state.wake();
    }
    return PyObjects.none();
  }

  // --- timers

  static long callLater(long self, long arguments, long count, long names) {
    LoopState state = LoopFields.stateOrNull(self);
    if (state == null || state.plain || count < 2 || !LoopFields.isFast(self)) {
      return plainly("call_later", self, arguments, count, names);
    }
    long delay = Memory.word(arguments);
    long type = PyObjects.typeOf(delay);
    if ((type != PyObjects.FLOAT_TYPE && type != PyObjects.INT_TYPE)
        || callAt == null
        || !callAt.isOf(self)
        || !CLOCK.isOwn(self)) {
      return plainly("call_later", self, arguments, count, names);
    }
    double seconds = CApi.floatValue(delay);
    if (seconds == -1.0 && CApi.raised() != 0) {
      return 0;
    }
    double when = CLOCK.seconds() + seconds;
    return newTimer(state, "call_later", when, CApi.newFloat(when), self, arguments, count, names);
  }

  static long callAt(long self, long arguments, long count, long names) {
    LoopState state = LoopFields.stateOrNull(self);
    if (state == null || state.plain || count < 2 || !LoopFields.isFast(self)) {
      return plainly("call_at", self, arguments, count, names);
    }
    long when = Memory.word(arguments);
    if (PyObjects.typeOf(when) != PyObjects.FLOAT_TYPE) {
      return plainly("call_at", self, arguments, count, names);
    }
    References.add(when);
    return newTimer(state, "call_at", CApi.floatValue(when), when, self, arguments, count, names);
  }

  /// @param when the same as an object; takes the reference
  private static long newTimer(
      LoopState state,
      String method,
      double seconds,
      long when,
      long self,
      long arguments,
      long count,
      long names) {
    long context = context(arguments, count, names);
    if (context == 0) {
      References.drop(when);
      return plainly(method, self, arguments, count, names);
    }
    long timer =
        Handles.newTimer(
            when, Memory.word(arguments + 8), PyObjects.slice(arguments, 2, count), self, context);
    References.add(timer);
    state.timers.add(seconds, timer);
    state.counters.timersScheduled++;
    return timer;
  }

  /// A timer that was made in Python.
  static long addTimer(long self, long timer) {
    LoopState state = LoopFields.state(self);
    double when = CApi.floatValue(Handles.when(timer));
    if (when == -1.0 && CApi.raised() != 0) {
      return 0;
    }
    Handles.setScheduled(timer, true);
    References.add(timer);
    state.timers.add(when, timer);
    state.counters.timersScheduled++;
    return PyObjects.none();
  }

  static long timerCancelled(long self, long timer) {
    LoopState state = LoopFields.stateOrNull(self);
    if (state == null || state.plain) {
      return PyObjects.callMethod(plain, "timer_handle_cancelled", self, timer);
    }
    if (PyObjects.typeOf(timer) == Handles.TIMER_TYPE
        ? Handles.isScheduled(timer)
        : CApi.isTrue(Names.attribute(timer, "_scheduled")) > 0) {
      state.timers.countCancelled();
      state.counters.timersCancelled++;
    }
    return PyObjects.none();
  }

  // --- tasks and futures

  static long createTask(long self, long arguments, long count, long names) {
    if (count != 1 || !LoopFields.isFast(self) || LoopFields.hasTaskFactory(self)) {
      return plainly("create_task", self, arguments, count, names);
    }
    long given = 0;
    long all = LOOP_NAMES;
    if (names != 0) {
      if (names != lastTaskNames) {
        rememberTaskNames(names);
      }
      all = taskNamesWithLoop;
      given = CApi.tupleLength(names);
      if (given > 8) {
        return plainly("create_task", self, arguments, count, names);
      }
    }
    Memory.setWord(SCRATCH, TASKS);
    for (long i = 0; i <= given; i++) {
      Memory.setWord(SCRATCH + 8 + 8 * i, Memory.word(arguments + 8 * i));
    }
    Memory.setWord(SCRATCH + 16 + 8 * given, self);
    return CApi.callMethod(TASK_NAME, SCRATCH, 2, all);
  }

  private static void rememberTaskNames(long names) {
    long length = CApi.tupleLength(names);
    long[] items = new long[(int) length + 1];
    for (int i = 0; i < length; i++) {
      items[i] = CApi.tupleItem(names, i);
    }
    items[(int) length] = Names.of("loop");
    long before = lastTaskNames;
    long beforeWithLoop = taskNamesWithLoop;
    References.add(names);
    lastTaskNames = names;
    taskNamesWithLoop = PyObjects.tuple(items);
    if (before != 0) {
      References.drop(before);
      References.drop(beforeWithLoop);
    }
  }

  static long createFuture(long self, long unused) {
    Memory.setWord(SCRATCH, FUTURES);
    Memory.setWord(SCRATCH + 8, self);
    return CApi.callMethod(FUTURE_NAME, SCRATCH, 1, LOOP_NAMES);
  }

  static long getDebug(long self, long unused) {
    long debug = LoopFields.debug(self);
    if (debug == 0) {
      return PyObjects.callMethod(plain, "get_debug", self);
    }
    References.add(debug);
    return debug;
  }

  // --- the pass

  static long runOnce(long self, long unused) {
    LoopState state = LoopFields.state(self);
    if (state.plain) {
      return PyObjects.callMethod(plain, "run_once", self);
    }
    // A pass within this one, by a callback, is one pass.
    boolean repeats = state.repeats;
    state.repeats = false;
    long began = System.nanoTime();
    long waitedBefore = state.waitedNanos;
    try {
      int left = CALLBACKS_IN_A_ROW;
      do {
        int ran = pass(state);
        if (ran < 0) {
          return 0;
        }
        left -= 1 + ran;
      } while (repeats && left > 0 && !state.isLeft() && !LoopFields.isStopping(self));
      return PyObjects.none();
    } finally {
      state.repeats = repeats;
      long took = System.nanoTime() - began - (state.waitedNanos - waitedBefore);
      state.counters.longestPassNanos = Math.max(state.counters.longestPassNanos, took);
    }
  }

  /// One pass of asyncio's: waits for what is next, and runs what is ready.
  ///
  /// @return how many handles it has run; below 0: a Python exception is set
  private static int pass(LoopState state) {
    state.counters.passes++;
    if (!poll(state) || !runPosts(state)) {
      return -1;
    }
    if (state.isLeft()) {
      return 0; // what Python has done meanwhile
    }
    ReadyQueue ready = state.ready;
    int count = ready.size();
    boolean debug = LoopFields.isDebug(state.loop);
    boolean ownRun = Handles.runIsOwn();
    for (int i = 0; i < count && !state.isLeft(); i++) {
      if (!run(state, ready.take(), debug, ownRun)) {
        return -1;
      }
    }
    return count;
  }

  /// Moves what has become ready to the queue. False: a Python exception is set.
  private static boolean poll(LoopState state) {
    TimerHeap timers = state.timers;
    boolean timed = timers.size() > 0;
    if (timed) {
      timers.forgetCancelled(state.released);
      timed = timers.size() > 0;
      state.release();
    }
    boolean ownClock = !timed || CLOCK.isOwn(state.loop);
    if (state.ready.size() > 0 || LoopFields.isStopping(state.loop) || state.hasPosts()) {
      if (state.watched() > state.quiet || --state.looksLeft < 0) {
        state.looksLeft = CALLBACKS_IN_A_ROW;
        state.look();
      }
    } else {
      double seconds = Double.POSITIVE_INFINITY;
      if (timed) {
        double now = ownClock ? CLOCK.seconds() : CLOCK.ask(state.loop);
        seconds = Math.min(Math.max(0, timers.earliest() - now), MOST_SECONDS);
      }
      // Handlers of signals that came before the wait would end it are Python's to run first.
      if (CApi.checkSignals() < 0) {
        return false;
      }
      if (state.isLeft()) {
        return true;
      }
      state.waitFor(state.ready.size() > 0 ? 0 : seconds);
      if (CApi.checkSignals() < 0) {
        return false;
      }
      if (state.isLeft()) {
        return true;
      }
    }
    if (!takeFound(state)) {
      return false;
    }
    if (timed) {
      double end = (ownClock ? CLOCK.seconds() : CLOCK.ask(state.loop)) + RESOLUTION_SECONDS;
      while (timers.size() > 0 && timers.earliest() < end) {
        long timer = timers.take();
        Handles.setScheduled(timer, false);
        state.counters.timersFired++;
        state.ready.add(timer);
      }
    }
    return true;
  }

  private static boolean takeFound(LoopState state) {
    int count = state.foundCount();
    for (int i = 0; i < count; i++) {
      int fd = state.foundDescriptor(i);
      int interest = state.foundInterest(i);
      if ((interest & 1) != 0 && !takeReady(state, state.reader(fd), fd, 1)) {
        return false;
      }
      if ((interest & 2) != 0 && !takeReady(state, state.writer(fd), fd, 2)) {
        return false;
      }
    }
    return true;
  }

  private static boolean takeReady(LoopState state, long handle, int fd, int interest) {
    if (handle == 0) {
      return true;
    }
    if (!Handles.isCancelled(handle)) {
      References.add(handle);
      state.ready.add(handle);
      return true;
    }
    long descriptor = CApi.newInt(fd);
    long event = CApi.newInt(interest);
    try {
      References.drop(
          PyObjects.callMethod(plain, "cancelled_ready", state.loop, descriptor, event));
      return true;
    } finally {
      References.drop(descriptor);
      References.drop(event);
    }
  }

  private static boolean runPosts(LoopState state) {
    if (state.hasPosts()) {
      state.runPosts();
    }
    return true;
  }

  /// Runs a handle; takes the reference to it. False: a Python exception is set.
  private static boolean run(LoopState state, long handle, boolean debug, boolean ownRun) {
    try {
      if (Handles.isPlain(handle)) {
        if (Handles.isCancelled(handle)) {
          return true;
        }
        long context = Memory.word(handle + Handles.CONTEXT);
        long arguments = Memory.word(handle + Handles.ARGUMENTS);
        if (!debug
            && ownRun
            && PyObjects.typeOf(context) == PyObjects.CONTEXT_TYPE
            && PyObjects.typeOf(arguments) == PyObjects.TUPLE_TYPE) {
          return runPlain(handle, Memory.word(handle + Handles.CALLBACK), arguments, context);
        }
      }
      References.drop(
          PyObjects.callMethod(plain, debug ? "run_in_debug" : "run", state.loop, handle));
      return true;
    } finally {
      References.drop(handle);
    }
  }

  /// What `Handle._run` does. All that the callback may drop is owned across the call.
  private static boolean runPlain(long handle, long callback, long arguments, long context) {
    References.add(context);
    References.add(callback);
    References.add(arguments);
    long result = 0;
    boolean entered = CApi.enterContext(context) >= 0;
    if (entered) {
      result =
          arguments == PyObjects.EMPTY_TUPLE && SocketTransports.isReadReady(callback)
              ? SocketTransports.callReadReady(callback)
              : CApi.call(callback, arguments, 0);
      if (CApi.exitContext(context) < 0 && result != 0) {
        References.drop(result);
        result = 0;
      }
    }
    References.drop(arguments);
    References.drop(callback);
    References.drop(context);
    if (result == 0) {
      return failed(handle);
    }
    if (result != PyObjects.NONE && PyObjects.typeOf(result) == PyObjects.COROUTINE_TYPE) {
      // It was never awaited; the warning is to name the handle's place.
      long list = CApi.newList(1);
      CApi.setListItem(list, 0, result);
      try {
        References.drop(PyObjects.callMethod(plain, "coroutine_dropped", handle, list));
      } finally {
        References.drop(list);
      }
      return true;
    }
    References.drop(result);
    return true;
  }

  /// Reports what a callback raised, as its handle would. False: it is not to be reported but to go
  /// on, and is set.
  private static boolean failed(long handle) {
    if (Failures.isEnding()) {
      return false;
    }
    long error = Failures.take();
    try {
      References.drop(PyObjects.callMethod(plain, "failed", handle, error));
      return true;
    } finally {
      References.drop(error);
    }
  }

  // --- life

  static long openState(long self, long unused) {
    try {
      return LoopFields.add(new LoopState(self));
    } catch (ErrnoException e) {
      throw new Failures.OsError(e.errno(), "Too many open files");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static long closeState(long self, long unused) {
    LoopState state = LoopFields.stateOrNull(self);
    if (state != null) {
      LoopFields.remove(state);
      state.close();
    }
    return PyObjects.none();
  }

  static long clearState(long self, long unused) {
    LoopState state = LoopFields.stateOrNull(self);
    if (state != null) {
      state.clear();
    }
    return PyObjects.none();
  }

  static long setRepeats(long self, long repeats) {
    LoopFields.state(self).repeats = repeats == PyObjects.TRUE;
    return PyObjects.none();
  }

  static long setQuiet(long self, long count) {
    LoopFields.state(self).quiet = (int) CApi.intValue(count);
    return PyObjects.none();
  }

  static long watch(long self, long arguments, long count) {
    LoopState state = LoopFields.stateOrNull(self);
    if (state == null) {
      return PyObjects.none(); // what is left to unwatch after the end
    }
    int fd = (int) CApi.intValue(Memory.word(arguments));
    int events = (int) CApi.intValue(Memory.word(arguments + 8));
    state.watch(
        fd,
        events,
        handleOrZero(Memory.word(arguments + 16)),
        handleOrZero(Memory.word(arguments + 24)));
    return PyObjects.none();
  }

  private static long handleOrZero(long object) {
    return object == PyObjects.NONE ? 0 : object;
  }

  /// A poll for passes in Python: a list of pairs of a descriptor and its events.
  static long select(long self, long seconds) {
    LoopState state = LoopFields.state(self);
    double limit = seconds == PyObjects.NONE ? Double.POSITIVE_INFINITY : CApi.floatValue(seconds);
    if (limit == -1.0 && CApi.raised() != 0) {
      return 0;
    }
    state.counters.passes++;
    if (limit > 0 && !state.hasPosts()) {
      if (CApi.checkSignals() < 0) {
        return 0;
      }
      state.waitFor(limit);
      if (CApi.checkSignals() < 0) {
        return 0;
      }
    } else {
      state.look();
    }
    if (!runPosts(state)) {
      return 0;
    }
    int found = state.foundCount();
    long list = PyObjects.checked(CApi.newList(found));
    for (int i = 0; i < found; i++) {
      long pair = PyObjects.checked(CApi.newTuple(2));
      CApi.setTupleItem(pair, 0, CApi.newInt(state.foundDescriptor(i)));
      CApi.setTupleItem(pair, 1, CApi.newInt(state.foundInterest(i)));
      CApi.setListItem(list, i, pair);
    }
    return list;
  }

  /// Gives both queues to Python for good: lists of handles and of timers, the second one as
  /// `heapq` has it, and how many timers count as cancelled.
  static long takeBack(long self, long unused) {
    long all = copyQueues(self, unused);
    LoopState state = LoopFields.state(self);
    state.plain = true;
    state.clear();
    return all;
  }

  /// Both queues as they are now: lists of handles and of timers, the second one as `heapq` has it,
  /// and how many timers count as cancelled.
  static long copyQueues(long self, long unused) {
    LoopState state = LoopFields.state(self);
    long ready = CApi.newList(0);
    long timers = CApi.newList(0);
    long append = Names.of("append");
    for (int i = 0; i < state.ready.size(); i++) {
      append(append, ready, state.ready.handle(i));
    }
    for (int i = 0; i < state.timers.size(); i++) {
      append(append, timers, state.timers.handle(i));
    }
    long cancelled = CApi.newInt(state.timers.cancelled());
    long all = PyObjects.tuple(ready, timers, cancelled);
    References.drop(ready);
    References.drop(timers);
    References.drop(cancelled);
    return all;
  }

  private static void append(long name, long list, long item) {
    Memory.setWord(SCRATCH, list);
    Memory.setWord(SCRATCH + 8, item);
    References.drop(PyObjects.checked(CApi.callMethod(name, SCRATCH, 2, 0)));
  }

  static long counters(long self, long unused) {
    LoopState state = LoopFields.state(self);
    long[] values = state.counters.values();
    long tuple = PyObjects.checked(CApi.newTuple(values.length));
    for (int i = 0; i < values.length; i++) {
      CApi.setTupleItem(tuple, i, CApi.newInt(values[i]));
    }
    return tuple;
  }
}
