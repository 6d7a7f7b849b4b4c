package dev.javaloop.bridge.graalpy;

import dev.javaloop.bridge.PythonException;
import dev.javaloop.bridge.PythonModule;
import dev.javaloop.bridge.PythonRuntime;
import dev.javaloop.bridge.host.HostLoop;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.HostAccess.Export;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/// A context, its loop and their thread.
///
/// `javaloop._embed.serve` runs on the thread and calls the exported methods here; everything else
/// reaches Python as a post to the loop.
///
/// Closing has three steps. `closing` refuses new work; posts still run, because tasks that are
/// being cancelled may await Java. Python then cancels its tasks and closes the loop, which takes
/// no posts any more. What is left when the thread ends can no longer complete and is abandoned.
public final class GraalPyRuntime implements PythonRuntime {
  private static final Logger LOGGER = System.getLogger("dev.javaloop");

  /// Enough for deep recursion in interpreted Python, which takes many Java frames for one.
  private static final long STACK_BYTES = 64L << 20;

  /// How long ending by force may take: only a thread in foreign code does not heed it at once.
  private static final Duration FORCE = Duration.ofSeconds(10);

  private final GraalPySettings settings;
  private final GraalPyHost host = new GraalPyHost();
  private final CompletableFuture<Guest> guest = new CompletableFuture<>();
  private final Queue<Script> scripts = new ConcurrentLinkedQueue<>();
  private final Set<Call<?>> calls = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile @Nullable Context context;
  private volatile boolean closing;
  private volatile long closeDeadlineNanos;

  /// Whether a script has the thread; guarded by `this`, so that closing interrupts nothing else.
  private boolean inScript;

  private GraalPyRuntime(GraalPySettings settings) {
    this.settings = settings;
    thread = new Thread(null, this::serve, "javaloop-python", STACK_BYTES);
    thread.setDaemon(true);
  }

  /// Starts the thread and waits until Python serves.
  ///
  /// @throws IllegalArgumentException for an option that the engine does not have
  /// @throws IllegalStateException where the engine cannot start, or must not
  public static PythonRuntime start(GraalPySettings settings) {
    GraalPyRuntime runtime = new GraalPyRuntime(settings);
    runtime.thread.start();
    try {
      runtime.guest.join();
    } catch (CompletionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      if (cause instanceof ExceptionInInitializerError && cause.getCause() != null) {
        cause = cause.getCause();
      }
      if (cause instanceof IllegalArgumentException) {
        throw new IllegalArgumentException("Python did not start: " + cause.getMessage(), cause);
      }
      String message = Objects.requireNonNullElse(cause.getMessage(), cause.toString());
      throw new IllegalStateException("Python did not start: " + message, cause);
    }
    return runtime;
  }

  // --- the loop's thread

  private void serve() {
    Set<String> restricted = EngineCheck.restricted();
    try (Context opened = GraalPyContext.builder(settings.options(), List.of("")).build()) {
      context = opened;
      EngineCheck.refuseBrokenAsyncWith(opened);
      EngineCheck.warn(opened.getEngine(), restricted);
      Value path = GraalPyContext.prepare(opened, host);
      for (Path folder : settings.sources().reversed()) {
        path.invokeMember("insert", 0, folder.toAbsolutePath().toString());
      }
      opened.eval("python", "from javaloop._embed import serve; serve").executeVoid(this);
    } catch (Throwable e) {
      // Before the start the caller gets it; afterwards, what closing by force threw is expected.
      boolean forced = closing && e instanceof PolyglotException p && p.isCancelled();
      if (!guest.completeExceptionally(e) && !forced) {
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      }
    } finally {
      closing = true;
      calls.forEach(Call::abandon);
      scripts.forEach(Script::abandon);
    }
  }

  /// Called when the loop is there.
  ///
  /// @param functions an object with the functions of `javaloop._embed.Functions`
  @Export
  public void started(HostLoop loop, Value functions) {
    guest.complete(Guest.of(loop.eventLoop(), functions));
  }

  /// The next script to run, or null when there is none. It stays first in the queue until it has
  /// ended.
  @Export
  public synchronized @Nullable Script nextScript() {
    if (inScript) {
      scripts.remove();
      // Not for the loop: it was meant for the script that has just ended.
      host.signals().takeInterrupt();
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

  /// Where stdout goes; null: to the process's own.
  @Export
  public @Nullable HostStream out() {
    return stream(settings.out());
  }

  /// Where stderr goes; null: to the process's own.
  @Export
  public @Nullable HostStream err() {
    return stream(settings.err());
  }

  private static @Nullable HostStream stream(@Nullable OutputStream stream) {
    return stream == null ? null : new HostStream(stream);
  }

  // --- any thread

  Guest guest() {
    return guest.join();
  }

  boolean isClosing() {
    return closing;
  }

  /// Runs something on the loop's thread, in its next pass. What it throws reaches the exception
  /// handler of Python's loop.
  ///
  /// @return false once the loop is closed: it will not run
  boolean post(Runnable work) {
    try {
      guest().loop().post(() -> run(work));
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
      guest().invoke("report", e.toString(), e);
    }
  }

  IllegalStateException closed() {
    return new IllegalStateException("the Python runtime is closed; start another one");
  }

  void add(Call<?> call) {
    calls.add(call);
  }

  void remove(Call<?> call) {
    calls.remove(call);
  }

  /// Where one will wait for the loop's thread.
  void checkNotInLoop() {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException(
          "the loop's own thread would wait for itself; call an AsyncFunction instead, or do this"
              + " on another thread (thenApplyAsync, not thenApply)");
    }
  }

  /// Waits for what the loop's thread will complete.
  <T extends @Nullable Object> T await(CompletableFuture<T> result) {
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
  public PythonModule module(String name) {
    return new GraalPyModule(this, find("import_module", name));
  }

  /// Waits for one of Python's functions that find something.
  Value find(String function, Object... arguments) {
    checkNotInLoop();
    Call<Object> call = new Call<>(this, Object.class);
    call.begin(function, arguments);
    await(call);
    return call.handle();
  }

  @Override
  public int run(Path script, String... arguments) {
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
    guest().invoke("pause");
  }

  @Override
  public boolean close(Duration limit) {
    if (Thread.currentThread() == thread) {
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
          host.signals().interrupt(thread); // a KeyboardInterrupt in the script's loop
        }
      }
    }
    post(this::pause);
    boolean inTime = join(deadlineNanos);
    if (!inTime) {
      force();
    }
    return inTime;
  }

  private static long nanos(Duration limit) {
    Duration longest = Duration.ofDays(365);
    return limit.compareTo(longest) < 0 ? Math.max(0, limit.toNanos()) : longest.toNanos();
  }

  private void force() {
    Context opened = Objects.requireNonNull(context);
    // On a thread of its own: it waits for Python's threads, and foreign code may keep one forever.
    Thread.ofPlatform()
        .daemon()
        .name("javaloop-close")
        .start(
            () -> {
              try {
                opened.close(true);
              } catch (PolyglotException e) {
                LOGGER.log(Level.WARNING, "ending Python by force failed", e);
              }
            });
    if (!join(System.nanoTime() + FORCE.toNanos())) {
      LOGGER.log(
          Level.WARNING,
          "the thread of Python did not end: {0} is in foreign code",
          thread.getName());
    }
  }

  /// Waits for the thread's end; an interrupt ends the wait, and stays.
  private boolean join(long deadlineNanos) {
    try {
      return thread.join(Duration.ofNanos(Math.max(deadlineNanos - System.nanoTime(), 1)));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return !thread.isAlive();
    }
  }

  /// What ends the engine must reach it.
  static void rethrowIfEnding(RuntimeException error) {
    if (error instanceof PolyglotException e
        && (e.isCancelled() || e.isExit() || e.isInterrupted() || e.isResourceExhausted())) {
      throw e;
    }
  }
}
