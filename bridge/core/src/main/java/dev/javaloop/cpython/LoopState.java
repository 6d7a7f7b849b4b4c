package dev.javaloop.cpython;

import dev.javaloop.loop.EpollPoller;
import dev.javaloop.loop.ErrnoException;
import dev.javaloop.loop.Interest;
import dev.javaloop.loop.PostQueue;
import dev.javaloop.loop.WakeGate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/// What one loop has in Java: its ready queue, its timers, its poller and what Java posts to it.
///
/// Guarded by the GIL, but for [#post], which is for any thread of Java's. Only while the loop
/// waits in [#waitFor] is the GIL free; other threads of Python's may change everything meanwhile,
/// and the wait touches nothing of it.
final class LoopState {
  /// A wait that no `long` of nanoseconds holds has no end.
  private static final double FAR_MILLIS = 1e11;

  /// The loop's `PyObject`, borrowed: it has this state and not the other way round.
  final long loop;

  final ReadyQueue ready;
  final TimerHeap timers;
  final LoopCounters counters = new LoopCounters();

  /// Cancelled timers that have left the heap.
  final ReleasedReferences released = new ReleasedReferences();

  /// Whether each pass is asyncio's own, over queues of its own: for good.
  boolean plain;

  /// Whether a pass may be followed by others without returning to Python in between.
  boolean repeats;

  /// How many passes that do not wait go by before the quiet descriptors are looked at.
  int looksLeft;

  /// How long the loop has waited so far.
  long waitedNanos;

  /// How many watched descriptors are the loop's own and can wait for the next poll.
  int quiet;

  private final EpollPoller poller;
  private final WakeGate gate = new WakeGate();
  private final PostQueue posts = new PostQueue();

  // By descriptor: handles that the loop's selector keeps alive, 0 for none.
  private long[] readers = new long[64];
  private long[] writers = new long[64];
  private boolean[] isWatched = new boolean[64];
  private int watched;

  // What a poll found: pairs of a descriptor and its interests.
  private int[] found = new int[64];
  private int foundCount;

  LoopState(long loop) throws IOException {
    this.loop = loop;
    this.poller = EpollPoller.open();
    this.ready = new ReadyQueue(loop);
    this.timers = new TimerHeap(loop);
  }

  /// Whether what was begun in Java is to be left to Python: it has taken the queues, or this is a
  /// forked child.
  boolean isLeft() {
    return plain || !ready.isOfLoop();
  }

  // --- descriptors

  int watched() {
    return watched;
  }

  /// Watches a descriptor, in place of what it was watched for before.
  ///
  /// @param interest bits of [Interest]; 0 unwatches
  /// @param reader the handle for reading, which the caller keeps alive while it is watched; 0 for
  ///   none; and so is `writer`
  /// @throws Failures.OsError where the system refuses it; it is not watched then
  void watch(int fd, int interest, long reader, long writer) {
    if (fd >= 0 && fd < isWatched.length && isWatched[fd]) {
      isWatched[fd] = false;
      readers[fd] = 0;
      writers[fd] = 0;
      watched--;
    }
    if (interest == 0) {
      poller.remove(fd);
      return;
    }
    try {
      poller.set(fd, interest);
    } catch (ErrnoException e) {
      poller.remove(fd);
      throw new Failures.OsError(e.errno(), java.util.Objects.requireNonNull(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (fd >= readers.length) {
      int length = Math.max(fd + 1, 2 * readers.length);
      readers = Arrays.copyOf(readers, length);
      writers = Arrays.copyOf(writers, length);
      isWatched = Arrays.copyOf(isWatched, length);
    }
    readers[fd] = (interest & Interest.READ) != 0 ? reader : 0;
    writers[fd] = (interest & Interest.WRITE) != 0 ? writer : 0;
    isWatched[fd] = true;
    watched++;
  }

  /// The handle that waits to read, borrowed; 0 for none.
  long reader(int fd) {
    return fd < readers.length ? readers[fd] : 0;
  }

  /// The handle that waits to write, borrowed; 0 for none.
  long writer(int fd) {
    return fd < writers.length ? writers[fd] : 0;
  }

  // --- waiting

  /// Polls without waiting; what it found is in [#foundCount].
  void look() {
    counters.polls++;
    gate.leave();
    poller.collect(0);
    report();
  }

  /// Waits until a descriptor is ready, another thread wakes the loop, a signal arrives, or the
  /// time is over. Without the GIL.
  ///
  /// @param seconds the most; infinity: no limit
  void waitFor(double seconds) {
    counters.polls++;
    long timeout = nanos(seconds);
    if (timeout > 0 && gate.enter() && posts.isEmpty()) {
      counters.blockingPolls++;
      long thread = CApi.saveThread();
      long began = System.nanoTime();
      try {
        poller.collect(timeout);
      } finally {
        CApi.restoreThread(thread);
        waitedNanos += System.nanoTime() - began;
      }
    } else {
      poller.collect(0);
    }
    if (gate.leave()) {
      counters.wakeups++;
    }
    report();
  }

  /// As asyncio's selectors do, a wait is rounded up to a millisecond: timers a few microseconds
  /// apart then expire in one pass, which their order shows.
  private static long nanos(double seconds) {
    double millis = Math.ceil(seconds * 1e3);
    return millis < FAR_MILLIS ? (long) (Math.max(0, millis) * 1e6) : Long.MAX_VALUE;
  }

  private void report() {
    foundCount = 0;
    poller.report(this::note);
    counters.descriptorEvents += foundCount;
  }

  private void note(int fd, int interest) {
    if (2 * foundCount == found.length) {
      found = Arrays.copyOf(found, 2 * found.length);
    }
    found[2 * foundCount] = fd;
    found[2 * foundCount + 1] = interest;
    foundCount++;
  }

  int foundCount() {
    return foundCount;
  }

  int foundDescriptor(int at) {
    return found[2 * at];
  }

  int foundInterest(int at) {
    return found[2 * at + 1];
  }

  /// Ends the loop's wait; a thread of Python's that holds the GIL and has put something where the
  /// loop looks before it waits.
  void wake() {
    if (gate.nudge()) {
      poller.wakeup();
    }
  }

  // --- posts

  /// Has the loop's thread run a task of Java's in its next pass, with the GIL held. Any thread of
  /// Java's; it does not take the GIL.
  ///
  /// @return false once the loop is closed
  boolean post(Runnable task) {
    if (!posts.push(task)) {
      return false;
    }
    if (gate.nudge()) {
      poller.wakeup();
    }
    return true;
  }

  boolean hasPosts() {
    return !posts.isEmpty();
  }

  void runPosts() {
    posts.run(
        task -> {
          counters.posts++;
          task.run();
        });
  }

  // --- the end

  /// Gives up what was to run, and the poller's descriptors.
  void close() {
    poller.close();
    posts.close();
    clear();
  }

  /// Gives up what was to run.
  void clear() {
    while (ready.size() > 0) {
      References.drop(ready.take());
    }
    while (timers.size() > 0) {
      References.drop(timers.takeLast());
    }
    release();
  }

  /// Gives up what was released.
  void release() {
    released.drop();
  }
}
