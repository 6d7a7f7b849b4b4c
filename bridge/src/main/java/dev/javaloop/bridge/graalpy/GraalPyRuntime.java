package dev.javaloop.bridge.graalpy;

import dev.javaloop.bridge.PythonException;
import dev.javaloop.bridge.PythonModule;
import dev.javaloop.bridge.PythonRuntime;
import dev.javaloop.loop.EventLoop;
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
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.HostAccess.Export;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/// A context, its loop and their thread.
///
/// `javaloop._embed.serve` runs on the thread and calls the exported methods here; everything else
/// reaches Python as a post to the loop.
public final class GraalPyRuntime implements PythonRuntime {
  /// Python's side, set once by [#started].
  private record Guest(EventLoop loop, Value functions) {}

  private final CompletableFuture<Guest> guest = new CompletableFuture<>();
  private final Queue<Script> scripts = new ConcurrentLinkedQueue<>();
  private final Set<Call<?>> calls = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile @Nullable Context context;
  private volatile boolean closing;
  private volatile double closeSeconds;

  private GraalPyRuntime(GraalPySettings settings) {
    thread = new Thread(null, () -> serve(settings), "javaloop-python", 64L << 20);
    thread.setDaemon(true);
  }

  public static PythonRuntime start(GraalPySettings settings) {
    GraalPyRuntime runtime = new GraalPyRuntime(settings);
    runtime.thread.start();
    try {
      runtime.guest.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
    return runtime;
  }

  // --- the loop's thread

  private void serve(GraalPySettings settings) {
    Context.Builder builder = GraalPyContext.builder(settings.options(), List.of(""));
    if (settings.out() != null) {
      builder.out(settings.out());
    }
    if (settings.err() != null) {
      builder.err(settings.err());
    }
    try (Context opened = builder.build()) {
      context = opened;
      EngineCheck.warn(opened.getEngine());
      EngineCheck.refuseBrokenAsyncWith(opened);
      Value path = GraalPyContext.prepare(opened);
      for (Path folder : settings.sources().reversed()) {
        path.invokeMember("insert", 0, folder.toAbsolutePath().toString());
      }
      opened.eval("python", "from javaloop._embed import serve; serve").executeVoid(this);
    } catch (Throwable e) {
      // Before the start the caller gets it; afterwards close() has asked for it.
      if (!guest.completeExceptionally(e) && !closing) {
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      }
    } finally {
      closing = true;
      calls.forEach(Call::abandon);
    }
  }

  /// Called when the loop is there.
  ///
  /// @param functions an object with the functions of `javaloop._embed.Functions`
  @Export
  public void started(HostLoop loop, Value functions) {
    guest.complete(new Guest(loop.eventLoop(), functions));
  }

  /// The next script to run, or null when the runtime is closing.
  @Export
  public @Nullable Script nextScript() {
    return scripts.poll();
  }

  @Export
  public boolean closing() {
    return closing;
  }

  @Export
  public double closeSeconds() {
    return closeSeconds;
  }

  // --- any thread

  Guest guest() {
    return guest.join();
  }

  Value functions() {
    return guest().functions();
  }

  /// Runs something on the loop's thread, in its next pass.
  void post(Runnable work) {
    if (closing) {
      throw closed(null);
    }
    try {
      guest().loop().post(work);
    } catch (RejectedExecutionException e) {
      throw closed(e);
    }
  }

  private static IllegalStateException closed(@Nullable Throwable cause) {
    return new IllegalStateException("the Python runtime is closed; start another one", cause);
  }

  void add(Call<?> call) {
    calls.add(call);
  }

  void remove(Call<?> call) {
    calls.remove(call);
  }

  /// Waits for what the loop's thread will complete.
  <T extends @Nullable Object> T await(CompletableFuture<T> result) {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException(
          "the loop's own thread would wait for itself; call an AsyncFunction instead");
    }
    try {
      return result.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof PythonException cause) {
        // The stack of the thread that asked says more than the loop's.
        throw new PythonException(cause.type(), cause.pythonMessage(), cause.traceback());
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  @Override
  public PythonModule module(String name) {
    Call<Object> call = new Call<>(this, Object.class);
    call.begin("import_module", name, call);
    await(call);
    return new GraalPyModule(this, call.handle());
  }

  @Override
  public int run(Path script, String... arguments) {
    Script job = new Script(script, List.of(arguments));
    scripts.add(job);
    post(() -> functions().getMember("pause").executeVoid());
    return await(job.status());
  }

  @Override
  public boolean close(Duration limit) {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException("the loop's own thread cannot close its runtime");
    }
    long deadline = System.nanoTime() + limit.toNanos();
    if (!closing) {
      closeSeconds = limit.toNanos() / 1e9;
      EventLoop loop = guest().loop();
      closing = true;
      try {
        loop.post(() -> functions().getMember("pause").executeVoid());
      } catch (RejectedExecutionException _) {
        // The loop has ended by itself meanwhile.
      }
    }
    boolean inTime = join(deadline - System.nanoTime());
    if (!inTime) {
      Context opened = context;
      if (opened != null) {
        opened.close(true);
      }
      join(Duration.ofSeconds(10).toNanos());
    }
    return inTime;
  }

  private boolean join(long nanos) {
    try {
      return thread.join(Duration.ofNanos(Math.max(nanos, 1)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return !thread.isAlive();
    }
  }

  /// Turns what a post threw into a failure of its call; a cancelled engine ends the thread.
  static void rethrowIfEnding(Throwable error) {
    if (error instanceof PolyglotException e && (e.isCancelled() || e.isExit())) {
      throw e;
    }
  }
}
