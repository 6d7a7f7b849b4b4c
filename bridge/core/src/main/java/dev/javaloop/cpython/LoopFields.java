package dev.javaloop.cpython;

import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The slots of Python's class `Loop` that the fast path reads, and the way from a loop to its
/// state. Initialised after [#use]; guarded by the GIL.
final class LoopFields {
  private static long probe;

  /// A class with the layout of `Loop`, whose instances do nothing at their end.
  static void use(long probeType) {
    probe = probeType;
    Boot.initialize(MethodHandles.lookup(), Offsets.class);
  }

  private static final class Offsets {
    static final long CLOSED;
    static final long DEBUG;
    static final long STOPPING;
    static final long TASK_FACTORY;
    static final long STATE;
    static final long READY_HANDLES;
    static final long TIMER_HANDLES;

    static {
      long[] slots =
          Layout.slots(
              probe,
              "_closed",
              "_debug",
              "_stopping",
              "_task_factory",
              "_state",
              "_ready_handles",
              "_timer_handles");
      CLOSED = slots[0];
      DEBUG = slots[1];
      STOPPING = slots[2];
      TASK_FACTORY = slots[3];
      STATE = slots[4];
      READY_HANDLES = slots[5];
      TIMER_HANDLES = slots[6];
    }
  }

  private static final List<@Nullable LoopState> STATES = new ArrayList<>();

  // The same for threads without the GIL.
  private static final Set<LoopState> OPEN = ConcurrentHashMap.newKeySet();

  // The loop that was asked for last.
  private static long lastLoop;
  private static @Nullable LoopState lastState;

  private LoopFields() {}

  /// The offset of the slot `_ready_handles`.
  static long readyHandles() {
    return Offsets.READY_HANDLES;
  }

  /// The offset of the slot `_timer_handles`.
  static long timerHandles() {
    return Offsets.TIMER_HANDLES;
  }

  /// Whether the loop is open and not in debug mode: what the fast path is for. False also for one
  /// whose `__init__` has not run.
  static boolean isFast(long loop) {
    return Memory.word(loop + Offsets.CLOSED) == PyObjects.FALSE
        && Memory.word(loop + Offsets.DEBUG) == PyObjects.FALSE;
  }

  static boolean isDebug(long loop) {
    return Memory.word(loop + Offsets.DEBUG) != PyObjects.FALSE;
  }

  static boolean isStopping(long loop) {
    return Memory.word(loop + Offsets.STOPPING) != PyObjects.FALSE;
  }

  static boolean hasTaskFactory(long loop) {
    return Memory.word(loop + Offsets.TASK_FACTORY) != PyObjects.NONE;
  }

  /// The value of the slot `_debug`, borrowed; 0 before it is set.
  static long debug(long loop) {
    return Memory.word(loop + Offsets.DEBUG);
  }

  /// The state of a loop; null for one that has none (any more).
  static @Nullable LoopState stateOrNull(long loop) {
    if (loop == lastLoop) {
      return lastState;
    }
    long number = Memory.word(loop + Offsets.STATE);
    LoopState state = number == 0 ? null : STATES.get((int) CApi.intValue(number));
    lastLoop = loop;
    lastState = state;
    return state;
  }

  /// The state of a loop.
  ///
  /// @throws IllegalStateException for one that has none (any more)
  static LoopState state(long loop) {
    LoopState state = stateOrNull(loop);
    if (state == null) {
      throw new IllegalStateException("Event loop is closed");
    }
    return state;
  }

  /// Gives a loop its state; the number that it returns is for the slot `_state`, owned.
  static long add(LoopState state) {
    lastLoop = 0;
    OPEN.add(state);
    int free = STATES.indexOf(null);
    if (free < 0) {
      free = STATES.size();
      STATES.add(state);
    } else {
      STATES.set(free, state);
    }
    return CApi.newInt(free);
  }

  /// Forgets the state of a loop, and empties its slot `_state`: the number may be another loop's
  /// before the caller is at its end.
  static void remove(LoopState state) {
    lastLoop = 0;
    OPEN.remove(state);
    STATES.set(STATES.indexOf(state), null);
    long number = Memory.word(state.loop + Offsets.STATE);
    Memory.setWord(state.loop + Offsets.STATE, 0);
    References.drop(number);
  }

  /// Has each loop that waits look for signals. Any thread.
  static void wakeAll() {
    OPEN.forEach(state -> state.post(() -> {}));
  }

  /// Those that are open.
  static List<LoopState> states() {
    return STATES.stream().filter(java.util.Objects::nonNull).toList();
  }
}
