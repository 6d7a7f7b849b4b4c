package dev.javaloop.cpython;

import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps the threads that CPython ends while Java is on their stack.
///
/// Once it finalizes, CPython before 3.14 ends each daemon thread that asks for the GIL by
/// `pthread_exit`, wherever it is. The JVM does not learn of it: its collector walks a stack that
/// is gone, and the process crashes. So each thread that comes to Java gets a cleanup handler,
/// which `pthread_exit` calls before it unwinds anything, and which from the end of the program on
/// waits for ever. Guarded by the GIL.
final class ThreadEnds {
  private record Handler(Thread thread, long buffer) {}

  // A `struct _pthread_cleanup_buffer`: routine, argument, an int, the next one.
  private static final long BUFFER_BYTES = 32;
  private static final long MUTEX_BYTES = 128; // more than any; zeros are an unlocked one

  private static final long NOTHING = Symbols.require("pthread_self");
  private static final long LOCK = Symbols.require("pthread_mutex_lock");
  private static final MethodHandle LOCK_MUTEX =
      Symbols.function("pthread_mutex_lock", Symbols.WORDS, Symbols.CRITICAL);
  private static final @Nullable MethodHandle PUSH = push();
  private static final long MUTEX = Memory.allocate(MUTEX_BYTES);

  private static List<Handler> handlers = new ArrayList<>();
  private static final List<Long> FREE = new ArrayList<>();
  private static int sweepAt = 16;
  private static boolean ending;

  /// The thread that came last.
  private static @Nullable Thread last;

  private static final ThreadLocal<Boolean> HAS_HANDLER = ThreadLocal.withInitial(() -> false);

  private ThreadEnds() {}

  private static @Nullable MethodHandle push() {
    String name = "_pthread_cleanup_push"; // of glibc
    return Symbols.find(name) == 0 ? null : Symbols.function(name, Symbols.WORDS, Symbols.CRITICAL);
  }

  /// Called by each thread that comes from Python to Java.
  static void enter() {
    Thread thread = Thread.currentThread();
    if (thread != last) {
      last = thread;
      if (!HAS_HANDLER.get()) {
        HAS_HANDLER.set(true);
        add(thread);
      }
    }
  }

  private static void add(Thread thread) {
    if (PUSH == null) {
      return;
    }
    if (handlers.size() >= sweepAt) {
      sweep();
    }
    long buffer = FREE.isEmpty() ? Memory.allocate(BUFFER_BYTES) : FREE.removeLast();
    try {
      long _ = (long) PUSH.invokeExact(buffer, ending ? LOCK : NOTHING, MUTEX, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
    handlers.add(new Handler(thread, buffer));
  }

  private static void sweep() {
    List<Handler> alive = new ArrayList<>();
    for (Handler each : handlers) {
      if (each.thread.isAlive()) {
        alive.add(each);
      } else {
        FREE.add(each.buffer);
      }
    }
    handlers = alive;
    sweepAt = 2 * alive.size() + 16;
  }

  /// From now on no thread that has been in Java ends by `pthread_exit`: it waits. For the end of
  /// the program, when CPython is about to finalize.
  static void keep() {
    if (ending) {
      return;
    }
    ending = true;
    try {
      long _ = (long) LOCK_MUTEX.invokeExact(MUTEX, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
    for (Handler each : handlers) {
      Memory.setWord(each.buffer, LOCK);
    }
  }
}
