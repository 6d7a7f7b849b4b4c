package dev.javaloop.loop;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/// The driver for a host that has a loop of its own (a UI toolkit, Netty): *guest mode*. Passes run
/// as tasks of the host, in its thread, and never wait; a helper thread does the waiting.
///
/// ```
///   helper   host.execute(pass) . . . . . . awaitReady ------+  host.execute(pass) . . .
///                   |              ^                          |         |
///   host            +-> pass, then | the deadline to wait for |         +-> pass
///                                  baton                      something is ready
/// ```
///
/// At any time one of the two has the loop: the helper waits only after a pass has handed over the
/// baton, and the next pass runs only after the wait. The wait takes nothing away (readiness is
/// level triggered, the wake-up stays in its eventfd), so the pass finds what ended it. Between
/// passes the host's thread may schedule, watch and post as it likes: the helper is woken if that
/// shortens its wait. Who fills a [RunQueue] between passes calls [EventLoop#wakeup()].
///
/// The host's executor runs tasks in one thread. The loop is bound to it from the first pass to the
/// last, which closes it. What leaves a pass ends the pump: it reaches the host's thread and
/// [#whenStopped()]. If the executor refuses a pass, the pump closes the loop in the helper thread
/// and ends with the refusal.
public final class HostPump {
  private final EventLoop loop;
  private final Pass pass;
  private final Executor host;
  private final Semaphore baton = new Semaphore(0);
  private final CompletableFuture<List<Runnable>> stopped = new CompletableFuture<>();

  // Written by the host before it hands over the baton, read by the helper after.
  private long deadlineNanos;
  private boolean over;

  private HostPump(EventLoop loop, Executor host) {
    this.loop = loop;
    this.host = host;
    pass = loop.passOf();
  }

  /// Starts the helper, which asks the host for the first pass.
  ///
  /// @param host runs tasks one after the other in the host's thread, not at once in the caller's
  /// @throws IllegalStateException if the loop is closed, bound or has a driver
  public static HostPump start(EventLoop loop, Executor host) {
    HostPump pump = new HostPump(loop, host);
    loop.drive("HostPump");
    try {
      Thread.ofPlatform().daemon().name(loop.name() + "-wait").start(pump::help);
    } catch (Throwable e) {
      loop.undrive();
      throw e;
    }
    return pump;
  }

  /// Asks for the last pass. Any thread.
  public void stop() {
    loop.stop();
  }

  /// Completes when the loop is closed, with the posts that did not run, or with what ended the
  /// pump.
  public CompletionStage<List<Runnable>> whenStopped() {
    return stopped.minimalCompletionStage();
  }

  private void help() {
    try {
      for (; ; ) {
        host.execute(this::turn);
        baton.acquireUninterruptibly();
        if (over) {
          return;
        }
        pass.await(deadlineNanos);
        // Nobody has a reason to interrupt this thread; one that stayed would make it spin.
        Thread.interrupted();
      }
    } catch (Throwable e) {
      // No pass is running or will: the loop is the helper's to close, whomever it was bound to.
      loop.bindTo(Thread.currentThread());
      loop.closeNow();
      stopped.completeExceptionally(e);
    }
  }

  private void turn() {
    try {
      loop.bind();
      loop.pass(Long.MIN_VALUE);
      if (loop.takeStop()) {
        over = true;
        stopped.complete(loop.closeNow());
      } else {
        deadlineNanos = pass.prepareWait();
      }
    } catch (Throwable e) {
      over = true;
      loop.bindTo(Thread.currentThread());
      loop.closeNow();
      stopped.completeExceptionally(e);
      throw e;
    } finally {
      baton.release();
    }
  }
}
