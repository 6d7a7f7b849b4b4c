package dev.javaloop.bridge.host;

import dev.javaloop.loop.ErrnoException;
import dev.javaloop.loop.EventLoop;
import dev.javaloop.loop.Interest;
import dev.javaloop.loop.LoopStats;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;
import org.graalvm.polyglot.HostAccess.Export;

/// One event loop as its Python face sees it: only numbers cross.
///
/// Used by the Python thread that runs the loop, and before that by the one that made it; only
/// [#watch], [#wakeup], [#stats] and the posts of [#eventLoop] are for any thread.
///
/// A pass writes what became ready into the array that [#events] gives: a number >= 0 is that of an
/// expired timer; a negative one is `~(fd << 2 | interest)`, a ready descriptor.
public final class HostLoop {
  /// How many numbers [#stats] gives.
  static final int COUNTERS = 10;

  /// Of the system's monotonic clock, which asyncio adds to the time when it looks for what is due.
  private static final double RESOLUTION_SECONDS = 1e-9;

  private static final int EBADF = 9;

  /// A wait that no `long` of nanoseconds holds has no end.
  private static final double FAR_MILLIS = 1e11;

  private final EventLoop loop;
  private final Consumer<HostLoop> onClose;
  private final HostSignals signals;
  private final AsyncioTimers timers = new AsyncioTimers();
  private long[] events = new long[256];

  /// The array that Python has.
  private long[] givenEvents = events;

  private int count;

  HostLoop(HostSignals signals, Consumer<HostLoop> onClose) {
    this.signals = signals;
    this.onClose = onClose;
    this.loop = EventLoop.builder().name("python").errorHandler(HostLoop::rethrow).build();
    signals.add(loop);
  }

  /// What Python's callbacks raise is caught in Python, and the runtime's posts catch their own;
  /// what still arrives ends the engine (a cancelled context) and must reach it.
  private static void rethrow(Throwable error) {
    switch (error) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(error);
    }
  }

  public EventLoop eventLoop() {
    return loop;
  }

  /// One pass. Returns how many events it wrote, or -1 when the thread was interrupted. What an
  /// interrupted pass has found is given first: the interrupt then ends the next one.
  ///
  /// As asyncio's selectors do, a wait for a timer is rounded up to a millisecond, and what is due
  /// then expires in one pass: timers a few microseconds apart show it by their order.
  ///
  /// @param block whether to wait for a timer, a descriptor or a wake-up when nothing is ready
  @Export
  public int run(boolean block) {
    return runAt(block, Double.NaN);
  }

  /// The same with a wait that ends in time, rounded up to a millisecond too.
  ///
  /// @param seconds how long at most; up to 0: it does not wait
  @Export
  public int runFor(double seconds) {
    return pass(seconds > 0 ? deadline(seconds) : Long.MIN_VALUE, Double.NaN);
  }

  /// The same for a loop whose clock a program has replaced.
  ///
  /// @param now what it gives, in seconds
  @Export
  public int runAt(boolean block, double now) {
    return pass(block ? EventLoop.NO_DEADLINE : Long.MIN_VALUE, now);
  }

  private int pass(long latest, double given) {
    count = 0;
    events =
        givenEvents; // A pass that outgrew it and then failed has told nobody of the other one.
    double next = timers.next();
    boolean timed = next != Double.POSITIVE_INFINITY;
    long deadline = latest;
    if (latest != Long.MIN_VALUE) {
      deadline = Math.min(latest, signals.waitUntil(loop));
      if (timed) {
        deadline = Math.min(deadline, deadline(next - now(given)));
      }
    }
    loop.runOnce(deadline);
    if (timed) {
      timers.expire(now(given) + RESOLUTION_SECONDS, this::add);
    }
    return count == 0 && signals.takeInterrupt() ? -1 : count;
  }

  private static double now(double given) {
    return Double.isNaN(given) ? System.nanoTime() / 1e9 : given;
  }

  private long deadline(double seconds) {
    double millis = Math.ceil(seconds * 1e3);
    return millis < FAR_MILLIS
        ? loop.nanoTime() + (long) (Math.max(0, millis) * 1e6)
        : EventLoop.NO_DEADLINE;
  }

  /// The array that passes write to; it is another one after a pass outgrew it.
  @Export
  public long[] events() {
    givenEvents = events;
    return events;
  }

  private void add(long event) {
    if (count == events.length) {
      events = Arrays.copyOf(events, 2 * count);
    }
    events[count++] = event;
  }

  private void ready(int fd, int interest) {
    add(~((long) fd << 2 | interest));
  }

  /// Starts a timer and returns its number.
  ///
  /// @param when seconds on the loop's clock
  @Export
  public long callAt(double when) {
    return timers.schedule(when);
  }

  /// The timers' numbers in the order of asyncio's heap, for who takes them over; of a cancelled
  /// one `~number`.
  @Export
  public long[] timerNumbers() {
    return timers.numbers();
  }

  /// Their deadlines, in the same order.
  @Export
  public double[] timerDeadlines() {
    return timers.deadlines();
  }

  /// What asyncio's count of cancelled timers would be.
  @Export
  public int cancelledTimers() {
    return timers.cancelledCount();
  }

  /// Cancels a timer that is still to come.
  @Export
  public void cancel(long timerNumber) {
    timers.cancel(timerNumber);
  }

  /// Watches a descriptor for reading (1), writing (2), both (3) or nothing (0). Returns 0, or the
  /// errno of the system call that refused it. Any thread, as asyncio allows outside debug mode.
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
    } catch (IllegalStateException e) {
      if (loop.isClosed()) {
        return interest == 0 ? 0 : EBADF; // By its own thread, just now.
      }
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Export
  public void wakeup() {
    loop.wakeup();
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
      timers.scheduledTotal(),
      timers.firedTotal(),
      timers.cancelledTotal(),
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
