package dev.javaloop.bridge.cpython;

import dev.javaloop.bridge.embed.PythonSources;
import dev.javaloop.bridge.embed.Script;
import dev.javaloop.bridge.host.Host;
import dev.javaloop.bridge.host.HostSignals;
import dev.javaloop.cpython.Installation;
import dev.javaloop.cpython.Interpreter;
import dev.javaloop.cpython.PyRef;
import dev.javaloop.spi.Guest;
import dev.javaloop.spi.HostType;
import java.io.OutputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The CPython of this process, which serves one runtime at a time, for as long as the process
/// lives.
final class CPythonServer {
  /// Python's classes for what it gets of Java.
  record Types(
      HostType<CPythonRuntime> runtime,
      HostType<CPythonCall<?>> call,
      HostType<CPythonStage> stage,
      HostType<Script> script,
      HostType<OutputStream> stream) {
    @SuppressWarnings("unchecked") // a class literal has no arguments
    static Types of(Guest<PyRef> guest) {
      return new Types(
          guest.type("Runtime", CPythonRuntime.class, HostMethods.RUNTIME),
          guest.type(
              "Call", (Class<CPythonCall<?>>) (Class<?>) CPythonCall.class, CPythonCall.METHODS),
          guest.type("Stage", CPythonStage.class, CPythonStage.METHODS),
          guest.type("Script", Script.class, HostMethods.SCRIPT),
          guest.type("Stream", OutputStream.class, HostMethods.STREAM));
    }
  }

  private static @Nullable CPythonServer server;

  private final Interpreter interpreter;
  private final HostSignals signals = new Host().signals();

  /// On CPython's main thread.
  private @Nullable Types types;

  /// Guarded by this.
  private @Nullable CPythonRuntime current;

  private CPythonServer(Interpreter interpreter) {
    this.interpreter = interpreter;
  }

  /// Boots CPython if it does not run yet.
  ///
  /// @throws IllegalStateException if it is another one, or does not start
  static synchronized CPythonServer running(Installation installation) {
    return of(Interpreter.start(installation, sources()));
  }

  /// The same for one that comes in another way.
  static synchronized CPythonServer running(Interpreter.Bootstrap bootstrap) {
    return of(Interpreter.start(bootstrap, sources()));
  }

  private static Path sources() {
    return PythonSources.directory(PythonSources.prepared("python"));
  }

  private static synchronized CPythonServer of(Interpreter interpreter) {
    if (server == null) {
      server = new CPythonServer(interpreter);
    }
    return server;
  }

  HostSignals signals() {
    return signals;
  }

  Interpreter interpreter() {
    return interpreter;
  }

  /// Has CPython serve a runtime as soon as it can.
  ///
  /// @throws IllegalStateException if another runtime is served
  synchronized void accept(CPythonRuntime runtime) {
    if (current != null) {
      throw new IllegalStateException(
          "a process has one CPython, and another runtime uses it; close that one first");
    }
    current = runtime;
    interpreter.execute(guest -> serve(runtime, guest));
  }

  private void serve(CPythonRuntime runtime, Guest<PyRef> guest) {
    Thread thread = Thread.currentThread();
    Throwable failure = null;
    thread.setName("javaloop-python");
    try {
      Types present = types;
      if (present == null) {
        present = Types.of(guest);
        types = present;
      }
      runtime.serve(guest, present);
    } catch (RuntimeException | Error e) {
      failure = e;
    } finally {
      signals.takeInterrupt();
      thread.setName("javaloop-python-idle");
      synchronized (this) {
        current = null; // first: who waited may start another one
      }
      Throwable why = failure;
      guest.leave(() -> runtime.end(why));
    }
  }
}
