package dev.javaloop.loop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// An event loop over file descriptors, timers and posts from other threads. It has no thread: a
/// driver turns it, pass by pass, with [#runOnce(long)]. [LoopThread] and [HostPump] are two
/// drivers; a host can also do it by itself.
///
/// ## A pass
///
/// 1. Poll: wait until something is ready, at most until the pass's deadline or the first timer,
///    and not at all when there is work, a stop was asked for or the thread is interrupted. Call
///    the handlers in the poller's order. A handler that an earlier one took away in the same pass
///    is not called.
/// 2. Call the timers that are due, in the order of their deadlines, equal ones as they were
///    scheduled. Those that are scheduled meanwhile wait for the next pass.
/// 3. Run the posts that are there, in their order. Those that come meanwhile wait for the next
///    pass.
/// 4. Drain the guest's [RunQueue] once.
///
/// What a handler, timer, post or the run queue throws goes to the loop's [ErrorHandler], which
/// decides whether the pass goes on.
///
/// ## Threads
///
/// [#post(Runnable)], [#watch(int, int, ReadyHandler)], [#unwatch(int)], [#wakeup()], [#stop()],
/// [#stopRequested()], [#takeStop()], [#inLoop()], [#nanoTime()], [#stats()], [#isClosed()] are for
/// any thread. The rest belongs to the thread that has bound the loop ([#bind()], and every pass
/// for its own duration): another one gets an [IllegalStateException]. While no thread is bound,
/// any may call, one at a time.
///
/// Who opened the loop closes it, or gives it to a driver, which closes it when it ends.
public final class EventLoop implements AutoCloseable {

  /// The deadline that never comes: a timer with it never fires, a pass with it waits without
  /// limit.
  public static final long NO_DEADLINE = Long.MAX_VALUE;

  private final String name;
  private final Pass pass;
  private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();
  private final AtomicReference<@Nullable String> driver = new AtomicReference<>();
  private volatile boolean closed;

  private EventLoop(Builder builder, Poller poller) {
    name = builder.name;
    pass = new Pass(poller, builder.clock, builder.runQueue, builder.errors);
  }

  /// A loop with all defaults.
  ///
  /// @throws UncheckedIOException when the process or the system has no descriptors left
  /// @throws UnsupportedOperationException when there is no poller for this system
  public static EventLoop open() {
    return builder().build();
  }

  /// A loop with choices.
  public static Builder builder() {
    return new Builder();
  }

  /// The name given to the builder.
  public String name() {
    return name;
  }

  /// Makes the calling thread the one that the loop belongs to, until [#unbind()].
  ///
  /// @return true if it was not before: a caller that can be nested unbinds only what it bound
  /// @throws IllegalStateException if the loop belongs to another thread or is closed
  public boolean bind() {
    return bindFor("bind");
  }

  private boolean bindFor(String call) {
    checkOpen();
    Thread me = Thread.currentThread();
    Thread bound = owner.compareAndExchange(null, me);
    if (bound != null && bound != me) {
      throw wrongThread(call, bound);
    }
    return bound == null;
  }

  /// Ends what [#bind()] began.
  ///
  /// @throws IllegalStateException if the loop is not the calling thread's, or inside a pass
  public void unbind() {
    if (!inLoop()) {
      throw new IllegalStateException(name + " is not bound to this thread");
    }
    checkNotRunning("unbind");
    owner.set(null);
  }

  /// Whether the loop belongs to the calling thread.
  public boolean inLoop() {
    return owner.get() == Thread.currentThread();
  }

  /// One pass. Binds the loop for its duration if it is not bound.
  ///
  /// A thread that is interrupted, before or while it waits, keeps its interrupt status and gets a
  /// pass that does not wait: what the interrupt means is for the driver to say.
  ///
  /// @param deadlineNanos when to end the wait at the latest, on the line of [#nanoTime()]; in the
  ///   past: do not wait
  /// @return how many handlers, timers and posts were called
  /// @throws IllegalStateException in the wrong thread, inside a pass, under a driver, or if the
  ///   loop is closed
  public int runOnce(long deadlineNanos) {
    String driver = this.driver.get();
    if (driver != null) {
      throw new IllegalStateException(name + " is run by a " + driver + ": it alone calls runOnce");
    }
    return pass(deadlineNanos);
  }

  int pass(long deadlineNanos) {
    boolean bound = bindFor("runOnce");
    checkNotRunning("runOnce");
    try {
      return pass.run(deadlineNanos);
    } finally {
      if (bound) {
        owner.set(null);
      }
    }
  }

  /// The loop's clock.
  public long nanoTime() {
    return pass.clock.nanoTime();
  }

  /// Schedules a call.
  ///
  /// @param deadlineNanos when, on the line of [#nanoTime()]; in the past: in the next pass
  /// @return the timer's id, never negative, and not another timer's as long as this one can be
  ///   cancelled
  public long schedule(long deadlineNanos, TimerTask task) {
    Objects.requireNonNull(task, "task");
    check("schedule");
    return pass.schedule(deadlineNanos, task);
  }

  /// Cancels a timer.
  ///
  /// @return whether it was still to come; false for one that was called, is being called, or was
  ///   cancelled
  public boolean cancel(long timerId) {
    check("cancel");
    boolean cancelled = pass.timers.cancel(timerId);
    if (cancelled) {
      pass.counters.increment(Counters.TIMERS_CANCELLED);
    }
    return cancelled;
  }

  /// Has the loop's thread run a task in its next pass, after what the same thread posted before.
  /// Any thread. At most one of all the posts that a sleeping loop gets costs a system call.
  ///
  /// @throws RejectedExecutionException if the loop is closed
  public void post(Runnable task) {
    Objects.requireNonNull(task, "task");
    if (!pass.posts.push(task)) {
      throw new RejectedExecutionException(name + " is closed");
    }
    if (pass.gate.nudge()) {
      pass.poller.wakeup();
    }
  }

  /// Ends the loop's wait, or keeps its next pass from waiting. Any thread; without effect on a
  /// closed loop.
  public void wakeup() {
    if (pass.gate.wake()) {
      pass.poller.wakeup();
    }
  }

  /// Watches a descriptor, in place of whatever it was watched for before. There is one handler for
  /// a descriptor: who wants to read and who wants to write share it. Any thread; the handler is
  /// called in the loop's. A loop that waits takes notice without being woken.
  ///
  /// @param interest bits of [Interest]; 0 unwatches
  /// @throws ErrnoException when it cannot be watched: not open, or a regular file (which is always
  ///   ready); whatever watched the number before is gone then
  public void watch(int fd, int interest, ReadyHandler handler) throws ErrnoException, IOException {
    Objects.requireNonNull(handler, "handler");
    checkOpen();
    if (Interest.checked(interest) == 0) {
      unwatch(fd);
    } else if (!pass.descriptors.watch(fd, interest, handler)) {
      throw isClosedException();
    }
  }

  /// Stops watching a descriptor, which may have been closed already. Its handler is not called any
  /// more, not even for what the pass that is on has found. Any thread; from another one than the
  /// loop's a call of the handler may be on when this returns.
  ///
  /// @return whether it was watched
  public boolean unwatch(int fd) {
    checkOpen();
    return pass.descriptors.unwatch(fd);
  }

  /// Asks the driver to end after the pass that is on, or after the next one, which does not wait.
  /// Any thread; without effect on a closed loop.
  public void stop() {
    pass.stopRequested = true;
    if (pass.gate.nudge()) {
      pass.poller.wakeup();
    }
  }

  /// Whether a stop was asked for that no driver has taken.
  public boolean stopRequested() {
    return pass.stopRequested;
  }

  /// For drivers, after each pass: whether to end. Takes the request, so that the loop can be run
  /// again.
  public boolean takeStop() {
    boolean stop = pass.stopRequested;
    if (stop) {
      pass.stopRequested = false;
    }
    return stop;
  }

  /// What the loop has done so far. Any thread, also after close.
  public LoopStats stats() {
    return pass.counters.read();
  }

  /// Whether the loop is closed.
  public boolean isClosed() {
    return closed;
  }

  /// As [#closeNow()], dropping the posts that did not run.
  @Override
  public void close() {
    closeNow();
  }

  /// Frees the poller, forgets timers and handlers (the descriptors stay open, they are their
  /// owners'), refuses posts from now on, and unbinds the loop. Idempotent.
  ///
  /// @return the posts that did not run, oldest first; whoever promised something with them can
  ///   break the promise
  /// @throws IllegalStateException inside a pass or in the wrong thread
  public List<Runnable> closeNow() {
    if (closed) {
      return List.of();
    }
    String driver = this.driver.get();
    if (driver != null && !inLoop()) {
      throw new IllegalStateException(
          name + " is run by a " + driver + ", which closes it when it ends: use stop()");
    }
    bindFor("close");
    checkNotRunning("close");
    closed = true;
    pass.descriptors.close();
    List<Runnable> left = pass.posts.close();
    owner.set(null);
    return left;
  }

  @Override
  public String toString() {
    Thread bound = owner.get();
    String state = closed ? "closed" : bound == null ? "not bound" : "bound to " + bound.getName();
    return "EventLoop[" + name + ", " + state + "]";
  }

  /// Reserves the loop for a driver until it is closed.
  void drive(String by) {
    checkOpen();
    Thread bound = owner.get();
    if (bound != null) {
      throw wrongThread(by, bound);
    }
    String other = driver.compareAndExchange(null, by);
    if (other != null) {
      throw new IllegalStateException(name + " is run by a " + other + " already");
    }
  }

  /// Takes [#drive(String)] back, for a driver that could not start.
  void undrive() {
    owner.set(null);
    driver.set(null);
  }

  /// For drivers: binds the loop to their thread, whichever thread they are in.
  void bindTo(@Nullable Thread thread) {
    owner.set(thread);
  }

  /// For [HostPump].
  Pass passOf() {
    return pass;
  }

  private void check(String call) {
    Thread bound = owner.get();
    if (bound != null && bound != Thread.currentThread()) {
      throw wrongThread(call, bound);
    }
    checkOpen();
  }

  private void checkOpen() {
    if (closed) {
      throw isClosedException();
    }
  }

  private IllegalStateException isClosedException() {
    return new IllegalStateException(name + " is closed");
  }

  private void checkNotRunning(String call) {
    if (pass.isRunning()) {
      throw new IllegalStateException(
          name + ": " + call + " inside a pass; let the pass end first");
    }
  }

  private IllegalStateException wrongThread(String call, Thread bound) {
    return new IllegalStateException(
        "%s: %s in thread %s, but the loop belongs to thread %s; use post(...) to run something there"
            .formatted(name, call, Thread.currentThread().getName(), bound.getName()));
  }

  /// Choices for a loop; what is not chosen has a default.
  public static final class Builder {
    private String name = "event-loop";
    private NanoClock clock = NanoClock.system();
    private @Nullable Poller poller;
    private RunQueue runQueue = RunQueue.none();
    private ErrorHandler errors = ErrorHandler.uncaught();

    private Builder() {}

    /// Names the loop in messages, and the threads that drivers make for it.
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name);
      return this;
    }

    /// In place of the system's clock.
    public Builder clock(NanoClock clock) {
      this.clock = Objects.requireNonNull(clock);
      return this;
    }

    /// In place of an [EpollPoller]; the loop closes it.
    public Builder poller(Poller poller) {
      this.poller = Objects.requireNonNull(poller);
      return this;
    }

    /// The guest's queue; default: none.
    public Builder runQueue(RunQueue runQueue) {
      this.runQueue = Objects.requireNonNull(runQueue);
      return this;
    }

    /// In place of [ErrorHandler#uncaught()].
    public Builder errorHandler(ErrorHandler errors) {
      this.errors = Objects.requireNonNull(errors);
      return this;
    }

    /// Opens the loop.
    ///
    /// @throws UncheckedIOException when the process or the system has no descriptors left
    /// @throws UnsupportedOperationException when there is no poller for this system
    public EventLoop build() {
      try {
        return new EventLoop(this, poller != null ? poller : EpollPoller.open());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
