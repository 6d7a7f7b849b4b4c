package dev.javaloop.bridge.jep;

import dev.javaloop.bridge.embed.PythonSources;
import dev.javaloop.bridge.host.Host;
import dev.javaloop.bridge.host.JdkSignal;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// The CPython of this process, which serves one runtime at a time, for as long as the process
/// lives. Python gets it as its host; JEP calls any public method.
public final class JepServer extends Host {
  private static final Logger LOGGER = System.getLogger("dev.javaloop");

  private static @Nullable JepServer server;

  private final CPython cpython;
  private final BlockingQueue<JepRuntime> next = new LinkedBlockingQueue<>();
  private final Runnable giveBackInterrupt = JdkSignal.lend("INT");

  // Guarded by this.
  private @Nullable JepRuntime current;
  private @Nullable Throwable failure;

  private JepServer(CPython cpython) {
    this.cpython = cpython;
  }

  /// Starts CPython in the background if it does not run yet.
  ///
  /// @throws IllegalStateException if it is another one
  static synchronized JepServer running(CPython cpython) {
    JepServer running = server;
    if (running == null) {
      warn();
      running = new JepServer(cpython);
      server = running;
      Thread.ofPlatform().daemon().name("javaloop-jep").start(running::serve);
    } else if (!running.cpython.equals(cpython)) {
      throw new IllegalStateException(
          "this process runs %s for its life; it cannot run %s as well"
              .formatted(running.cpython.executable(), cpython.executable()));
    }
    return running;
  }

  /// JEP makes CPython's main thread, so its stack is what the JVM gives to any.
  private static void warn() {
    if (ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .noneMatch(flag -> flag.startsWith("-Xss") || flag.startsWith("-XX:ThreadStackSize"))) {
      LOGGER.log(
          Level.WARNING,
          "missing JVM flag -Xss16m; without it deep recursion in Python ends the process");
    }
  }

  /// Has CPython serve a runtime as soon as it can.
  ///
  /// @throws IllegalStateException if another runtime is served
  synchronized void accept(JepRuntime runtime) {
    if (current != null) {
      throw new IllegalStateException(
          "a process has one CPython, and another runtime uses it; close that one first");
    }
    current = runtime;
    if (failure != null) {
      end(failure);
    } else {
      next.add(runtime);
    }
  }

  private synchronized void end(@Nullable Throwable why) {
    JepRuntime ended = current;
    current = null; // first: who waited may start another one
    if (ended != null) {
      ended.end(why);
    }
  }

  private void serve() {
    Throwable why;
    try {
      Interpreter.start(cpython.site(), cpython.executable(), List.of(), 0);
      Interpreter.prepare(PythonSources.directory(PythonSources.prepared("python")), this);
      Interpreter.importOnMainThread("javaloop._embed_jep");
      why = new IllegalStateException("it has ended");
    } catch (RuntimeException | Error e) {
      why = Objects.requireNonNullElse(e.getCause(), e);
    }
    synchronized (this) {
      failure = why;
      end(why);
    }
  }

  // --- CPython's main thread

  /// Python has its signal handlers; the JVM gets back what was its own.
  public void ready() {
    giveBackInterrupt.run();
  }

  /// Waits for a runtime to serve.
  public JepRuntime nextRuntime() {
    while (true) {
      try {
        JepRuntime runtime = next.take();
        Thread.currentThread().setName("javaloop-python");
        return runtime;
      } catch (InterruptedException _) {
        // Meant for what the thread did before.
      }
    }
  }

  /// The runtime is served no more.
  public void served() {
    signals().takeInterrupt();
    Thread.currentThread().setName("javaloop-python-idle");
    end(null);
  }
}
