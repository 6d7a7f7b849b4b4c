package dev.javaloop.bridge.cpython;

import dev.javaloop.bridge.PythonRuntime;
import dev.javaloop.bridge.cpython.CPythonServer.Types;
import dev.javaloop.bridge.embed.Embedding;
import dev.javaloop.bridge.embed.Script;
import dev.javaloop.cpython.Installation;
import dev.javaloop.cpython.Interpreter;
import dev.javaloop.cpython.PyRef;
import dev.javaloop.loop.ErrnoException;
import dev.javaloop.loop.Linux;
import dev.javaloop.spi.Guest;
import dev.javaloop.spi.GuestFailure;
import dev.javaloop.spi.GuestLoop;
import dev.javaloop.spi.HostMethod.Arguments;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A loop on the CPython of this process, for as long as it serves it.
public final class CPythonRuntime extends Embedding<PyRef> {
  /// The exception by which Python is ended by force.
  static final String FORCED = "javaloop._embed.Forced";

  private static final Logger LOGGER = System.getLogger("dev.javaloop");

  /// How long ending by force may take: only a thread in foreign code does not heed it at once.
  private static final Duration FORCE = Duration.ofSeconds(10);

  /// One signal ends one step of what Python does at the end.
  private static final long BETWEEN_SIGNALS_NANOS = 20_000_000;

  /// @param functions of `javaloop._embed.Functions`
  /// @param pythonThread the thread's number for `pthread_kill`
  /// @param signal the signal whose handler ends what Python does
  private record Started(GuestLoop<PyRef> loop, PyRef functions, long pythonThread, int signal) {}

  private final CPythonSettings settings;
  private final CPythonServer server;
  private final CompletableFuture<Started> started = new CompletableFuture<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean interrupted = new AtomicBoolean();

  // On the loop's thread.
  private final Map<String, PyRef> functions = new HashMap<>();
  private @Nullable Guest<PyRef> guest;
  private @Nullable Types types;

  private CPythonRuntime(CPythonSettings settings, CPythonServer server) {
    super(server.signals());
    this.settings = settings;
    this.server = server;
  }

  /// Boots CPython if it does not run yet, and waits until it serves the new runtime.
  ///
  /// @throws IllegalStateException where it cannot
  public static PythonRuntime start(CPythonSettings settings) {
    return start(settings, CPythonServer.running(Installation.find(settings.python())));
  }

  /// The same for a CPython that comes in another way.
  public static PythonRuntime start(CPythonSettings settings, Interpreter.Bootstrap bootstrap) {
    return start(settings, CPythonServer.running(bootstrap));
  }

  private static PythonRuntime start(CPythonSettings settings, CPythonServer server) {
    CPythonRuntime runtime = new CPythonRuntime(settings, server);
    server.accept(runtime);
    try {
      runtime.started.join();
    } catch (CompletionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      throw new IllegalStateException("Python did not start: " + cause.getMessage(), cause);
    }
    return runtime;
  }

  // --- the loop's thread

  /// Serves until it is closed.
  void serve(Guest<PyRef> newGuest, Types newTypes) {
    guest = newGuest;
    types = newTypes;
    newGuest.awaitBy(
        stage ->
            newGuest.call(
                function("awaitable"), newTypes.stage().wrap(new CPythonStage(stage, this))));
    PyRef serve = newGuest.find("javaloop._engines.cpython.embed", "serve");
    newGuest.release(
        newGuest.call(
            serve,
            newTypes.runtime().wrap(this),
            settings.sources().stream().map(Path::toAbsolutePath).map(Path::toString).toList()));
  }

  private Guest<PyRef> guest() {
    return Objects.requireNonNull(guest);
  }

  /// Called when the loop is there.
  @Nullable Object started(Arguments<PyRef> arguments) {
    GuestLoop<PyRef> loop = guest().loop(arguments.reference(0));
    Number pythonThread = (Number) Objects.requireNonNull(arguments.value(2));
    Number signal = (Number) Objects.requireNonNull(arguments.value(3));
    started.complete(
        new Started(loop, arguments.reference(1), pythonThread.longValue(), signal.intValue()));
    return null;
  }

  @Nullable Object out() {
    return wrapped(settings.out());
  }

  @Nullable Object err() {
    return wrapped(settings.err());
  }

  private @Nullable Object wrapped(@Nullable OutputStream stream) {
    return stream == null ? null : Objects.requireNonNull(types).stream().wrap(stream);
  }

  /// The next script for Python, or null when there is none.
  @Nullable Object wrappedScript() {
    Script script = nextScript();
    return script == null ? null : Objects.requireNonNull(types).script().wrap(script);
  }

  Object wrap(CPythonCall<?> call) {
    return Objects.requireNonNull(types).call().wrap(call);
  }

  private PyRef function(String name) {
    return functions.computeIfAbsent(
        name, absent -> guest().attribute(running().functions(), absent));
  }

  @Override
  protected void invoke(String function, @Nullable Object... arguments) {
    callSoon(function(function), arguments);
  }

  void callSoon(PyRef function, @Nullable Object... arguments) {
    running().loop().callSoon(function, arguments);
  }

  void release(PyRef reference) {
    guest().release(reference);
  }

  @Override
  protected void leave(Runnable code) {
    guest().leave(code);
  }

  @Override
  protected void rethrowIfEnding(RuntimeException error) {
    if (error instanceof GuestFailure failure && failure.isEnding()) {
      throw failure;
    }
  }

  /// Python serves this runtime no more.
  void end(@Nullable Throwable failure) {
    boolean told =
        started.completeExceptionally(
            failure != null ? failure : new IllegalStateException("its loop could not be made"));
    if (failure != null && !told) {
      LOGGER.log(Level.WARNING, "closing the Python runtime failed", failure);
    }
    abandonAll();
    ended.countDown();
  }

  // --- any thread

  private Started running() {
    return started.join();
  }

  @Override
  protected Thread thread() {
    return server.interpreter().thread();
  }

  @Override
  protected boolean postToLoop(Runnable task) {
    return running().loop().post(task);
  }

  @Override
  protected <T extends @Nullable Object> CPythonCall<T> newCall(Class<T> type) {
    return new CPythonCall<>(this, type);
  }

  @Override
  protected @Nullable Throwable throwable(@Nullable Object java) {
    return java instanceof Throwable thrown ? thrown : null;
  }

  @Override
  protected boolean awaitEnd(Duration limit) throws InterruptedException {
    return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  protected boolean hasEnded() {
    return ended.getCount() == 0;
  }

  @Override
  protected void interruptScript() {
    interrupted.set(true);
    try {
      signal();
    } catch (ErrnoException e) {
      LOGGER.log(Level.WARNING, "interrupting the script failed", e);
    }
    server.interpreter().wakeLoops(); // one may be about to wait, and would not see the signal
  }

  /// Called by Python's handler of the signal: whether that means the script alone.
  boolean takeInterrupt() {
    return interrupted.getAndSet(false);
  }

  private void signal() throws ErrnoException {
    Linux.signalThread(running().pythonThread(), running().signal());
  }

  @Override
  protected void force() {
    long deadlineNanos = System.nanoTime() + FORCE.toNanos();
    while (System.nanoTime() < deadlineNanos && !Thread.currentThread().isInterrupted()) {
      try {
        signal();
      } catch (ErrnoException e) {
        LOGGER.log(Level.WARNING, "ending Python by force failed", e);
        break;
      }
      if (ends(System.nanoTime() + BETWEEN_SIGNALS_NANOS)) {
        return;
      }
    }
    LOGGER.log(
        Level.WARNING,
        "Python did not end what it does: {0} is in foreign code",
        thread().getName());
    abandonAll();
  }
}
