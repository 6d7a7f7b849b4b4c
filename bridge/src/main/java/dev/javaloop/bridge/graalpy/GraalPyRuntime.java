package dev.javaloop.bridge.graalpy;

import dev.javaloop.bridge.PythonRuntime;
import dev.javaloop.bridge.embed.Embedding;
import dev.javaloop.bridge.host.HostLoop;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.HostAccess.Export;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/// A context, its loop and their thread.
public final class GraalPyRuntime extends Embedding<Value> {
  private static final Logger LOGGER = System.getLogger("dev.javaloop");

  /// Enough for deep recursion in interpreted Python, which takes many Java frames for one.
  private static final long STACK_BYTES = 64L << 20;

  /// How long ending by force may take: only a thread in foreign code does not heed it at once.
  private static final Duration FORCE = Duration.ofSeconds(10);

  private final GraalPySettings settings;
  private final GraalPyHost host;
  private final CompletableFuture<Guest> guest = new CompletableFuture<>();
  private final Thread thread;
  private volatile @Nullable Context context;

  private GraalPyRuntime(GraalPySettings settings, GraalPyHost host) {
    super(host.signals());
    this.host = host;
    this.settings = settings;
    thread = new Thread(null, this::serve, "javaloop-python", STACK_BYTES);
    thread.setDaemon(true);
  }

  /// Starts the thread and waits until Python serves.
  ///
  /// @throws IllegalArgumentException for an option that the engine does not have
  /// @throws IllegalStateException where the engine cannot start, or must not
  public static PythonRuntime start(GraalPySettings settings) {
    GraalPyRuntime runtime = new GraalPyRuntime(settings, new GraalPyHost());
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
      boolean forced = isClosing() && e instanceof PolyglotException p && p.isCancelled();
      if (!guest.completeExceptionally(e) && !forced) {
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      }
    } finally {
      abandonAll();
    }
  }

  /// Called when the loop is there.
  ///
  /// @param functions an object with the functions of `javaloop._embed.Functions`
  @Export
  public void started(HostLoop loop, Value functions) {
    guest.complete(Guest.of(loop.eventLoop(), functions));
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

  @Override
  protected Thread thread() {
    return thread;
  }

  @Override
  protected boolean postToLoop(Runnable task) {
    return post(guest().loop(), task);
  }

  @Override
  protected void invoke(String function, @Nullable Object... arguments) {
    guest().invoke(function, arguments);
  }

  @Override
  protected <T extends @Nullable Object> GraalPyCall<T> newCall(Class<T> type) {
    return new GraalPyCall<>(this, type);
  }

  @Override
  protected @Nullable Throwable throwable(@Nullable Object java) {
    return java instanceof Throwable thrown ? thrown : null;
  }

  @Override
  protected boolean awaitEnd(Duration limit) throws InterruptedException {
    return thread.join(limit);
  }

  @Override
  protected boolean hasEnded() {
    return !thread.isAlive();
  }

  @Override
  protected void interruptScript() {
    signals.interrupt(thread());
  }

  @Override
  protected void force() {
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
    if (!ends(System.nanoTime() + FORCE.toNanos())) {
      LOGGER.log(
          Level.WARNING,
          "the thread of Python did not end: {0} is in foreign code",
          thread.getName());
    }
  }

  @Override
  protected void rethrowIfEnding(RuntimeException error) {
    if (error instanceof PolyglotException e
        && (e.isCancelled() || e.isExit() || e.isInterrupted() || e.isResourceExhausted())) {
      throw e;
    }
  }
}
