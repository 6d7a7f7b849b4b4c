package dev.javaloop.loop;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/// The driver that owns a thread: turns a loop in it until it is stopped or interrupted, and closes
/// the loop then.
///
/// What leaves a pass (see [ErrorHandler]) ends the thread, after the loop was closed: it reaches
/// the thread's uncaught exception handler and [#whenStopped()]. All methods are for any thread.
public final class LoopThread implements AutoCloseable {
  private final EventLoop loop;
  private final Thread thread;
  private final CompletableFuture<List<Runnable>> stopped = new CompletableFuture<>();

  private LoopThread(EventLoop loop, ThreadFactory threads) {
    this.loop = loop;
    thread = threads.newThread(this::run);
  }

  /// Starts a platform thread with the loop's name.
  ///
  /// @throws IllegalStateException if the loop is closed, bound or has a driver
  public static LoopThread start(EventLoop loop) {
    return start(loop, Thread.ofPlatform().name(loop.name()).factory());
  }

  /// Starts a thread of the caller's making. A virtual thread would hold its carrier while it
  /// waits: do not.
  ///
  /// @throws IllegalStateException if the loop is closed, bound or has a driver
  public static LoopThread start(EventLoop loop, ThreadFactory threads) {
    LoopThread driver = new LoopThread(loop, threads);
    loop.drive("LoopThread");
    // Bound before the thread runs: who gets this object finds the loop another thread's at once.
    loop.bindTo(driver.thread);
    try {
      driver.thread.start();
    } catch (Throwable e) {
      loop.undrive();
      throw e;
    }
    return driver;
  }

  private void run() {
    try {
      do {
        loop.pass(EventLoop.NO_DEADLINE);
      } while (!loop.takeStop() && !Thread.currentThread().isInterrupted());
    } catch (Throwable e) {
      loop.closeNow();
      stopped.completeExceptionally(e);
      throw e;
    }
    stopped.complete(loop.closeNow());
  }

  /// The loop.
  public EventLoop loop() {
    return loop;
  }

  /// The thread.
  public Thread thread() {
    return thread;
  }

  /// Asks the thread to end after the pass that is on.
  public void stop() {
    loop.stop();
  }

  /// Waits for the thread to end.
  ///
  /// @return whether it did in this time
  public boolean join(Duration timeout) throws InterruptedException {
    return thread.join(timeout);
  }

  /// Completes in the loop's thread when the loop is closed, with the posts that did not run, or
  /// with what ended the thread.
  public CompletionStage<List<Runnable>> whenStopped() {
    return stopped.minimalCompletionStage();
  }

  /// Stops and waits, without a limit; an interrupt meanwhile is passed on to the loop's thread,
  /// and kept. In the loop's own thread it only stops.
  @Override
  public void close() {
    stop();
    if (Thread.currentThread() == thread) {
      return;
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join(TimeUnit.DAYS.toMillis(1));
      } catch (InterruptedException _) {
        interrupted = true;
        thread.interrupt();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
