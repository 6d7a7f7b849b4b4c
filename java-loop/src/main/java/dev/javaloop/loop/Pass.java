package dev.javaloop.loop;

/// What a loop is made of, and one turn of it. Behind [EventLoop], which has checked the thread.
final class Pass {
  final Poller poller;
  final Descriptors descriptors;
  final NanoClock clock;
  final Timers timers = new Timers();
  final PostQueue posts = new PostQueue();
  final WakeGate gate = new WakeGate();
  final Counters counters = new Counters();
  volatile boolean stopRequested;

  private final RunQueue runQueue;
  private final ErrorHandler errors;

  // Made once, so that a pass allocates nothing.
  private final ReadyHandler onReady = this::ready;
  private final Timers.Runner onTimer = this::expired;
  private final PostQueue.Runner onPost = this::posted;

  private boolean running;
  private boolean asleep;
  private long workStart;
  private int dispatched;

  Pass(Poller poller, NanoClock clock, RunQueue runQueue, ErrorHandler errors) {
    this.poller = poller;
    descriptors = new Descriptors(poller);
    this.clock = clock;
    this.runQueue = runQueue;
    this.errors = errors;
  }

  boolean isRunning() {
    return running;
  }

  int run(long deadlineNanos) {
    running = true;
    dispatched = 0;
    counters.increment(Counters.PASSES);
    try {
      long timeoutNanos = timeoutNanos(Math.min(deadlineNanos, timers.earliest()));
      if (timeoutNanos > 0 && fallAsleep()) {
        counters.increment(Counters.BLOCKING_POLLS);
      } else {
        timeoutNanos = 0;
        awake();
        workStart = clock.nanoTime();
      }
      counters.increment(Counters.POLLS);
      poller.poll(timeoutNanos, onReady);
      endWait();
      if (timers.earliest() != Long.MAX_VALUE) {
        timers.expire(clock.nanoTime(), onTimer);
      }
      posts.run(onPost);
      drainRunQueue();
      return dispatched;
    } finally {
      endWait();
      counters.raise(Counters.LONGEST_PASS, clock.nanoTime() - workStart);
      running = false;
    }
  }

  /// Says how long a wait outside a pass may take, and prepares for it: until the pass that
  /// follows, wake-ups are sent to the poller. For [HostPump], in the loop's thread.
  long prepareWait() {
    return fallAsleep() ? timers.earliest() : Long.MIN_VALUE;
  }

  /// Waits as a pass would, in any thread, until the deadline that [#prepareWait()] gave.
  void await(long deadlineNanos) {
    long timeoutNanos = timeoutNanos(deadlineNanos);
    if (timeoutNanos > 0) {
      poller.awaitReady(timeoutNanos);
    }
  }

  long schedule(long deadlineNanos, TimerTask task) {
    long earliest = timers.earliest();
    long timerId = timers.schedule(deadlineNanos, task);
    counters.increment(Counters.TIMERS_SCHEDULED);
    if (!running && deadlineNanos < earliest && gate.nudge()) {
      // A helper waits for us, and for longer than that.
      poller.wakeup();
    }
    return timerId;
  }

  /// A deadline that has come, or lies before the clock's origin, is a timeout of 0.
  private long timeoutNanos(long deadlineNanos) {
    if (deadlineNanos == Long.MAX_VALUE) {
      return Long.MAX_VALUE;
    }
    if (deadlineNanos == Long.MIN_VALUE) {
      return 0;
    }
    long now = clock.nanoTime();
    if (deadlineNanos <= now) {
      return 0;
    }
    long timeoutNanos = deadlineNanos - now;
    return timeoutNanos > 0 ? timeoutNanos : Long.MAX_VALUE;
  }

  /// Whether the loop may sleep. If so it has announced it: whatever arrives from here on wakes the
  /// poller. The order is the point, see [WakeGate]: first announce, then look for posts and a
  /// stop.
  private boolean fallAsleep() {
    if (Thread.currentThread().isInterrupted() || !runQueue.isEmpty() || !gate.enter()) {
      return false;
    }
    asleep = true;
    if (posts.isEmpty() && !stopRequested) {
      return true;
    }
    awake();
    return false;
  }

  private void awake() {
    if (gate.leave() && asleep) {
      counters.increment(Counters.WAKEUPS);
    }
    asleep = false;
  }

  /// The wait is over with the first event: from here on waking costs nothing, and time counts as
  /// work.
  private void endWait() {
    if (asleep) {
      awake();
      workStart = clock.nanoTime();
    }
  }

  private void ready(int fd, int readyOps) {
    endWait();
    ReadyHandler handler = descriptors.handler(fd);
    if (handler == null) {
      return;
    }
    dispatched++;
    counters.increment(Counters.DESCRIPTOR_EVENTS);
    try {
      handler.ready(fd, readyOps);
    } catch (Throwable e) {
      errors.failed(e);
    }
  }

  private void expired(TimerTask task, long timerId) {
    dispatched++;
    counters.increment(Counters.TIMERS_FIRED);
    try {
      task.expired(timerId);
    } catch (Throwable e) {
      errors.failed(e);
    }
  }

  private void posted(Runnable task) {
    dispatched++;
    counters.increment(Counters.POSTS);
    try {
      task.run();
    } catch (Throwable e) {
      errors.failed(e);
    }
  }

  private void drainRunQueue() {
    try {
      runQueue.drain();
    } catch (Throwable e) {
      errors.failed(e);
    }
  }
}
