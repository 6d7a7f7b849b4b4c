package dev.javaloop.bridge.jep;

import dev.javaloop.bridge.PythonRuntime;
import dev.javaloop.bridge.embed.Embedding;
import dev.javaloop.bridge.host.HostLoop;
import dev.javaloop.loop.ErrnoException;
import dev.javaloop.loop.Linux;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
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

/// A loop on the CPython of this process, for as long as it serves it. JEP calls any public method.
///
/// Java cannot call Python on CPython's main thread. So what is for Python waits here, and the loop
/// is told that there is something to fetch.
public final class JepRuntime extends Embedding<JepHandle> {
  private static final Logger LOGGER = System.getLogger("dev.javaloop");
  private static final Cleaner CLEANER = Cleaner.create();

  /// How long ending by force may take: only a thread in foreign code does not heed it at once.
  private static final Duration FORCE = Duration.ofSeconds(10);

  /// One signal ends one step of what Python does at the end.
  private static final long BETWEEN_SIGNALS_NANOS = 20_000_000;

  private record Started(HostLoop loop, Thread thread, long pythonThread, int signal) {}

  private final JepSettings settings;
  private final CompletableFuture<Started> started = new CompletableFuture<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicBoolean interrupted = new AtomicBoolean();

  // On the loop's thread.
  private final Outbox outbox = new Outbox(this);
  private final Map<Long, JepCall<?>> sent = new HashMap<>();
  private long lastCall;

  private JepRuntime(JepSettings settings, JepServer server) {
    super(server.signals());
    this.settings = settings;
  }

  /// Starts CPython if it does not run yet, and waits until it serves the new runtime.
  ///
  /// @throws IllegalStateException where it cannot
  public static PythonRuntime start(JepSettings settings) {
    JepServer server = JepServer.running(CPython.find(settings.python()));
    JepRuntime runtime = new JepRuntime(settings, server);
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

  /// Called when the loop is there.
  ///
  /// @param pythonThread the thread's number for `pthread_kill`
  /// @param signal the signal whose handler ends what Python does
  public void started(HostLoop loop, long pythonThread, int signal) {
    started.complete(new Started(loop, Thread.currentThread(), pythonThread, signal));
  }

  /// Where to import from first.
  public String[] sources() {
    return settings.sources().stream()
        .map(Path::toAbsolutePath)
        .map(Path::toString)
        .toArray(String[]::new);
  }

  /// Where stdout goes; null: to the process's own.
  public @Nullable JepStream out() {
    return stream(settings.out());
  }

  /// Where stderr goes; null: to the process's own.
  public @Nullable JepStream err() {
    return stream(settings.err());
  }

  private static @Nullable JepStream stream(@Nullable OutputStream stream) {
    return stream == null ? null : new JepStream(stream);
  }

  /// Memory for what is fetched.
  public ByteBuffer inbox() {
    return outbox.inbox();
  }

  /// Fills the inbox with all that Python is to call next.
  ///
  /// @return whether it had room there; else it is in [#overflow]
  public boolean fetch() {
    return outbox.fetch();
  }

  /// What did not fit into the inbox.
  public ByteBuffer overflow() {
    return outbox.overflow();
  }

  /// Gives what a mark in the arguments stands for, once.
  public Object take(long number) {
    return outbox.take(number);
  }

  /// The call of a number, which Python completes: then the number is no more.
  public JepCall<?> call(long number) {
    return Objects.requireNonNull(sent.remove(number));
  }

  /// Completes a call.
  ///
  /// @param marshalled the result, by version 2 of `marshal`
  public void completed(long number, byte[] marshalled) {
    call(number).completed(marshalled);
  }

  @Override
  protected void invoke(String function, @Nullable Object... arguments) {
    tell(outbox.add(function, 0, arguments));
  }

  /// Calls a function for a call, which gets a number.
  ///
  /// @return what cancels its task
  JepHandle send(JepCall<?> call, String function, @Nullable Object[] arguments) {
    long number = lastCall + 1;
    tell(outbox.add(function, number, arguments));
    lastCall = number;
    sent.put(number, call);
    return new JepHandle(number);
  }

  private void tell(boolean first) {
    if (first) {
      running().loop().tell();
    }
  }

  /// A handle of an object that Python keeps until Java has lost the handle.
  JepHandle keep(long number) {
    JepHandle handle = new JepHandle(number);
    CLEANER.register(handle, () -> post(() -> invoke("drop", number)));
    return handle;
  }

  /// Python serves this runtime no more.
  void end(@Nullable Throwable failure) {
    started.completeExceptionally(
        failure != null ? failure : new IllegalStateException("its loop could not be made"));
    abandonAll();
    ended.countDown();
  }

  // --- any thread

  private Started running() {
    return started.join();
  }

  @Override
  protected Thread thread() {
    return running().thread();
  }

  @Override
  protected boolean postToLoop(Runnable task) {
    return post(running().loop().eventLoop(), task);
  }

  @Override
  protected <T extends @Nullable Object> JepCall<T> newCall(Class<T> type) {
    return new JepCall<>(this, type);
  }

  @Override
  protected @Nullable Throwable throwable(@Nullable Object java) {
    return Held.open(java) instanceof Throwable thrown ? thrown : null;
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
    signals.wakeLoops(); // Python sees signals when Java has returned to it
  }

  /// Called by Python's handler of the signal: whether that means the script alone.
  public boolean takeInterrupt() {
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
