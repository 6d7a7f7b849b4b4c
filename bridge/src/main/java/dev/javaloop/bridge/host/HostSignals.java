package dev.javaloop.bridge.host;

import dev.javaloop.loop.ErrnoException;
import dev.javaloop.loop.EventLoop;
import dev.javaloop.loop.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.graalvm.polyglot.HostAccess.Export;
import org.jspecify.annotations.Nullable;

/// Wakes the loops of a process when a signal arrives that Python handles.
///
/// GraalPy runs Python's signal handlers on the main thread, at a safepoint that another thread
/// asks for; a thread that waits in Java does not reach it. So each signal is counted until its
/// Python handler has run, and while one is due the loops wait in short slices.
///
/// It also keeps the interrupt that a runtime means for its script: the engine takes a thread's
/// interrupt status away when it acquires the lock of its interpreter, and nobody hears of it.
public final class HostSignals {
  private static final long SLICE_NANOS = 1_000_000;

  /// The slices of a handler that is late, or whose main thread is not in Python and does not run
  /// it.
  private static final long LONG_SLICE_NANOS = 50_000_000;

  private static final long LATE_NANOS = 1_000_000_000;

  private static final String IGNORED = "\nSigIgn:";

  private final LongSupplier nanoTime;
  private final List<EventLoop> loops = new CopyOnWriteArrayList<>();
  private final AtomicInteger due = new AtomicInteger();
  private volatile long lastSignalNanos;
  private volatile @Nullable Thread interrupted;

  /// @param nanoTime a monotonic clock
  HostSignals(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// The thread's next pass that finds nothing ends with a KeyboardInterrupt. Any thread.
  public void interrupt(Thread thread) {
    interrupted = thread;
    thread.interrupt();
  }

  /// Whether the calling thread was interrupted; it is not any more.
  public boolean takeInterrupt() {
    boolean taken = Thread.interrupted();
    if (interrupted == Thread.currentThread()) {
      interrupted = null;
      return true;
    }
    return taken;
  }

  void add(EventLoop loop) {
    loops.add(loop);
  }

  void remove(EventLoop loop) {
    loops.remove(loop);
  }

  /// The deadline for a pass that may wait.
  long waitUntil(EventLoop loop) {
    if (interrupted == Thread.currentThread()) {
      return Long.MIN_VALUE;
    }
    if (due.get() == 0) {
      return EventLoop.NO_DEADLINE;
    }
    boolean late = nanoTime.getAsLong() - lastSignalNanos > LATE_NANOS;
    return loop.nanoTime() + (late ? LONG_SLICE_NANOS : SLICE_NANOS);
  }

  /// Called after Python installed a handler: puts the wake-up behind it.
  ///
  /// @param name the signal's name without `SIG`
  @Export
  public void wakeOn(String name) {
    JdkSignal.chain(name, this::arrived);
  }

  /// @param python the engine's handler, which has Python's run on the main thread later
  void arrived(Runnable python) {
    lastSignalNanos = nanoTime.getAsLong();
    due.incrementAndGet();
    python.run();
    wakeLoops();
  }

  /// Has each loop that waits return to Python. Any thread.
  public void wakeLoops() {
    loops.forEach(EventLoop::wakeup);
  }

  /// Gives a signal back to the system: its default ends the process, as it does a python's.
  ///
  /// @param name the signal's name without `SIG`
  @Export
  public void release(String name) {
    JdkSignal.release(name);
  }

  /// The signals that the process ignores now, as one that a shell put into the background does
  /// from its start: a bit for each, the lowest is signal 1. None where there is no `/proc`.
  @Export
  public long ignored() throws IOException {
    Path file = Path.of("/proc/self/status");
    String status = Files.exists(file) ? Files.readString(file) : "";
    int from = status.indexOf(IGNORED);
    if (from < 0) {
      return 0;
    }
    String mask = status.substring(from + IGNORED.length(), status.indexOf('\n', from + 1));
    return Long.parseUnsignedLong(mask.strip(), 16);
  }

  /// Ends that a signal is ignored, which the JVM would keep so: it has the system's default then.
  @Export
  public void endIgnoring(int number) throws ErrnoException {
    Linux.restoreSignal(number);
  }

  /// Called by Python's handler when it begins.
  @Export
  public void delivered() {
    due.updateAndGet(n -> Math.max(0, n - 1));
  }
}
