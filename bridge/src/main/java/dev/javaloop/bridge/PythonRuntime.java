package dev.javaloop.bridge;

import java.nio.file.Path;
import java.time.Duration;

/// Python in this JVM: one interpreter and one event loop, on a thread of their own.
///
/// All methods may be called from any thread but the loop's own, on which those that wait would
/// wait for themselves and throw [IllegalStateException] instead. Once closed, every method but the
/// closing ones throws [IllegalStateException].
public interface PythonRuntime extends AutoCloseable {
  /// A builder of runtimes on the GraalPy engine.
  static GraalPyBuilder graalpy() {
    return new GraalPyBuilder();
  }

  /// A builder of runtimes on CPython.
  static CPythonBuilder cpython() {
    return new CPythonBuilder();
  }

  /// A builder of runtimes on CPython, by JEP.
  static JepBuilder jep() {
    return new JepBuilder();
  }

  /// Imports a module.
  ///
  /// @throws PythonException what the import raised
  PythonModule module(String name);

  /// Runs a script as `__main__` and waits for its end. The loop's thread runs it, so calls of
  /// functions wait until it has ended.
  ///
  /// `asyncio.run` in a script runs a loop like the runtime's.
  ///
  /// @return the exit status: 0, or what `SystemExit` says
  /// @throws PythonException what the script raised
  /// @throws java.io.UncheckedIOException where there is no such script
  /// @throws java.util.concurrent.CancellationException when the runtime is closed meanwhile
  int run(Path script, String... arguments);

  /// Cancels what runs, lets `finally` blocks finish, completes every call that is open, and ends
  /// the interpreter. A runtime that is closed already stays so: then this waits for its end.
  ///
  /// An interrupt of the calling thread ends the wait as the limit does.
  ///
  /// @param limit how long to wait before the interpreter is ended by force
  /// @return whether all of it ended within the limit
  boolean close(Duration limit);

  /// Closes with a limit of ten seconds.
  @Override
  default void close() {
    close(Duration.ofSeconds(10));
  }
}
