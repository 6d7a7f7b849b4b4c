package dev.javaloop.bridge.embed;

import dev.javaloop.bridge.PythonException;
import dev.javaloop.bridge.PythonModule;
import dev.javaloop.bridge.PythonRuntime;
import dev.javaloop.bridge.host.HostSignals;
import dev.javaloop.loop.EventLoop;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import org.graalvm.polyglot.HostAccess.Export;
import org.jspecify.annotations.Nullable;

/// A runtime on any engine: what it owes to its callers, and when.
///
/// `javaloop._embed.serve` runs on the loop's thread and calls the exported methods here;
/// everything else reaches Python as a post to the loop.
///
/// Closing has three steps. `closing` refuses new work; posts still run, because tasks that are
/// being cancelled may await Java. Python then cancels its tasks and closes the loop, which takes
/// no posts any more. What is left when the thread ends can no longer complete and is abandoned.
///
/// @param <H> how the engine's Java holds an object of Python's
public abstract class Embedding<H> implements PythonRuntime {
  private final Queue<Script> scripts = new ConcurrentLinkedQueue<>();
  private final Set<Call<?, H>> calls = ConcurrentHashMap.newKeySet();
  protected final HostSignals signals;
  private volatile boolean closing;
  private volatile long closeDeadlineNanos;

  /// Whether a script has the thread; guarded by `this`, so that closing interrupts nothing else.
  private boolean inScript;

  protected Embedding(HostSignals signals) {
    this.signals = signals;
  }

  // --- the engine

  /// The loop's thread.
  protected abstract Thread thread();

  /// Runs something on the loop's thread, in its next pass. Any thread.
  ///
  /// @return false once the loop is closed
  protected abstract boolean postToLoop(Runnable task);

  /// Calls a function of `javaloop._embed.Functions`. On the loop's thread, in a post.
  protected abstract void invoke(String function, @Nullable Object... arguments);

  protected abstract <T extends @Nullable Object> Call<T, H> newCall(Class<T> type);

  /// The exception that the engine's Java holds, if it does.
  protected abstract @Nullable Throwable throwable(@Nullable Object java);

  /// Waits until Python does not serve this runtime any more.
  ///
  /// @return whether that is so
  protected abstract boolean awaitEnd(Duration limit) throws InterruptedException;

  /// Whether that is so.
  protected abstract boolean hasEnded();

  /// Ends what did not end within the limit of [#close].
  protected abstract void force();

  /// Raises a KeyboardInterrupt in the script that has the thread; called by any thread.
  protected abstract void interruptScript();

  /// What ends the engine must reach it.
  protected void rethrowIfEnding(RuntimeException error) {}

  /// Runs code of the program's on the loop's thread: what depends on a future that is completed,
  /// for instance. It may wait, so an engine lets Python's other threads run meanwhile.
  protected void leave(Runnable code) {
    code.run();
  }

  // --- the loop's thread

  /// The next script to run, or null when there is none. It stays first in the queue until it has
  /// ended.
  @Export
  public synchronized @Nullable Script nextScript() {
    if (inScript) {
      scripts.remove();
      // Not for the loop: it was meant for the script that has just ended.
      signals.takeInterrupt();
    }
    Script next = closing ? null : scripts.peek();
    inScript = next != null;
    return next;
  }

  @Export
  public boolean closing() {
    return closing;
  }

  /// How much of the limit is left.
  @Export
  public double closeSeconds() {
    return Math.max(0, closeDeadlineNanos - System.nanoTime()) / 1e9;
  }

  /// Python does not serve any more.
  protected final void abandonAll() {
    closing = true;
    calls.forEach(Call::abandon);
    scripts.forEach(Script::abandon);
  }

  // --- any thread

  protected final boolean isClosing() {
    return closing;
  }

  /// Runs something on the loop's thread, in its next pass. What it throws reaches the exception
  /// handler of Python's loop.
  ///
  /// @return false once the loop is closed: it will not run
  public final boolean post(Runnable work) {
    return postToLoop(() -> run(work));
  }

  /// The same for engines whose loop is this one.
  protected static boolean post(EventLoop loop, Runnable task) {
    try {
      loop.post(task);
      return true;
    } catch (RejectedExecutionException _) {
      return false;
    }
  }

  private void run(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      rethrowIfEnding(e);
      invoke("report", e.toString(), e);
    }
  }

  final IllegalStateException closed() {
    return new IllegalStateException("the Python runtime is closed; start another one");
  }

  final void add(Call<?, H> call) {
    calls.add(call);
  }

  final void remove(Call<?, H> call) {
    calls.remove(call);
  }

  /// Where one will wait for the loop's thread.
  final void checkNotInLoop() {
    if (Thread.currentThread() == thread()) {
      throw new IllegalStateException(
          "the loop's own thread would wait for itself; call an AsyncFunction instead, or do this"
              + " on another thread (thenApplyAsync, not thenApply)");
    }
  }

  /// Waits for what the loop's thread will complete.
  final <T extends @Nullable Object> T await(CompletableFuture<T> result) {
    try {
      return result.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof PythonException cause) {
        // The stack of the thread that asked says more than the loop's.
        throw new PythonException(
            cause.type(), cause.pythonMessage(), cause.traceback(), cause.getCause());
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  @Override
  public final PythonModule module(String name) {
    return new EmbeddedModule<>(this, find("import_module", name));
  }

  /// Waits for one of Python's functions that find something.
  final H find(String function, Object... arguments) {
    checkNotInLoop();
    Call<Object, H> call = newCall(Object.class);
    call.begin(function, arguments);
    await(call);
    return call.handle();
  }

  @Override
  public final int run(Path script, String... arguments) {
    checkNotInLoop();
    if (!Files.exists(script)) {
      throw new UncheckedIOException(new NoSuchFileException(script.toString()));
    }
    Script job = new Script(this, script, List.of(arguments));
    scripts.add(job);
    if (closing || !post(this::pause)) {
      scripts.remove(job);
      throw closed();
    }
    return await(job.status());
  }

  /// Ends the loop's `run_forever`, for `serve` to look what there is to do.
  private void pause() {
    invoke("pause");
  }

  @Override
  public final boolean close(Duration limit) {
    if (Thread.currentThread() == thread()) {
      throw new IllegalStateException(
          "the loop's own thread cannot end itself; close the runtime on another thread");
    }
    long limitNanos = nanos(limit);
    long deadlineNanos = System.nanoTime() + limitNanos;
    synchronized (this) {
      if (!closing) {
        closeDeadlineNanos = deadlineNanos;
        closing = true;
        if (inScript) {
          interruptScript();
        }
      }
    }
    post(this::pause);
    boolean inTime = ends(deadlineNanos);
    if (!inTime) {
      force();
    }
    return inTime;
  }

  private static long nanos(Duration limit) {
    Duration longest = Duration.ofDays(365);
    return limit.compareTo(longest) < 0 ? Math.max(0, limit.toNanos()) : longest.toNanos();
  }

  /// Waits for the end; an interrupt ends the wait, and stays.
  protected final boolean ends(long deadlineNanos) {
    try {
      return awaitEnd(Duration.ofNanos(Math.max(deadlineNanos - System.nanoTime(), 1)));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return hasEnded();
    }
  }
}
