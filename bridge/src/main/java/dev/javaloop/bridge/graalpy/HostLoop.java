package dev.javaloop.bridge.graalpy;

import dev.javaloop.loop.ErrnoException;
import dev.javaloop.loop.EventLoop;
import dev.javaloop.loop.Interest;
import dev.javaloop.loop.LoopStats;
import dev.javaloop.loop.NanoClock;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.graalvm.polyglot.HostAccess.Export;
import org.graalvm.polyglot.Value;

/// One event loop as its Python face sees it: only numbers cross.
///
/// Used by the Python thread that runs the loop, and before that by the one that made it; only
/// [#wakeup], [#stats] and the posts of [#eventLoop] are for any thread.
///
/// A pass writes what became ready into the array that [#events] gives: a number >= 0 is the id of
/// an expired timer; a negative one is `~(fd << 2 | interest)`, a ready descriptor.
public final class HostLoop {
  /// How many numbers [#stats] gives.
  static final int COUNTERS = 10;

  private final EventLoop loop;
  private final Consumer<HostLoop> onClose;
  private final HostSignals signals;
  private long[] events = new long[256];
  private int count;
  private volatile LongSupplier clock = System::nanoTime;

  HostLoop(HostSignals signals, Consumer<HostLoop> onClose) {
    this.signals = signals;
    this.onClose = onClose;
    this.loop =
        EventLoop.builder()
            .name("python")
            .clock(clockOf(this))
            .errorHandler(HostLoop::rethrow)
            .build();
    signals.add(loop);
  }

  private static NanoClock clockOf(HostLoop owner) {
    return () -> owner.clock.getAsLong();
  }

  /// What Python's callbacks raise is caught in Python, and [GraalPyRuntime]'s posts catch their
  /// own; what still arrives ends the engine (a cancelled context) and must reach it.
  private static void rethrow(Throwable error) {
    switch (error) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(error);
    }
  }

  EventLoop eventLoop() {
    return loop;
  }

  /// One pass. Returns how many events it wrote, or -1 when the thread was interrupted. What an
  /// interrupted pass has found is given first: the interrupt then ends the next one.
  ///
  /// @param block whether to wait for a timer, a descriptor or a wake-up when nothing is ready
  @Export
  public int run(boolean block) {
    count = 0;
    long deadline = block ? signals.waitUntil(loop) : Long.MIN_VALUE;
    loop.runOnce(deadline);
    return count == 0 && Thread.interrupted() ? -1 : count;
  }

  /// The array that passes write to; it is another one after a pass outgrew it.
  @Export
  public long[] events() {
    return events;
  }

  private void add(long event) {
    if (count == events.length) {
      events = Arrays.copyOf(events, 2 * count);
    }
    events[count++] = event;
  }

  private void expired(long timerId) {
    add(timerId);
  }

  private void ready(int fd, int interest) {
    add(~((long) fd << 2 | interest));
  }

  /// Starts a timer and returns its id. A deadline that no `long` holds never comes.
  ///
  /// @param when seconds on the loop's clock
  @Export
  public long callAt(double when) {
    return loop.schedule(nanos(when), this::expired);
  }

  @Export
  public boolean cancel(long timerId) {
    return loop.cancel(timerId);
  }

  /// Rounds up: a timer must not fire before the time that Python reads from the same clock.
  private static long nanos(double seconds) {
    return (long) Math.ceil(seconds * 1e9);
  }

  /// Watches a descriptor for reading (1), writing (2), both (3) or nothing (0). Returns 0, or the
  /// errno of the system call that refused it.
  @Export
  public int watch(int fd, int interest) {
    try {
      if (interest == 0) {
        loop.unwatch(fd);
      } else {
        loop.watch(fd, interest & (Interest.READ | Interest.WRITE), this::ready);
      }
      return 0;
    } catch (ErrnoException e) {
      return e.errno();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Export
  public void wakeup() {
    loop.wakeup();
  }

  /// Lets a Python function give the time, for loops whose `time` was replaced.
  ///
  /// @param seconds a function without arguments, or null for the system's clock
  @Export
  public void useClock(Value seconds) {
    clock = seconds.isNull() ? System::nanoTime : () -> nanos(seconds.execute().asDouble());
  }

  /// Passes, polls, blocking polls, timers started, fired, cancelled, posts, wake-ups, descriptor
  /// events, longest pass in nanoseconds.
  @Export
  public long[] stats() {
    LoopStats s = loop.stats();
    return new long[] {
      s.passes(),
      s.polls(),
      s.blockingPolls(),
      s.timersScheduled(),
      s.timersFired(),
      s.timersCancelled(),
      s.posts(),
      s.wakeups(),
      s.descriptorEvents(),
      s.longestPassNanos()
    };
  }

  @Export
  public void close() {
    onClose.accept(this);
    signals.remove(loop);
    loop.close();
  }
}
