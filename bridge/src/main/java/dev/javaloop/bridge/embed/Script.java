package dev.javaloop.bridge.embed;

import dev.javaloop.bridge.PythonException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.graalvm.polyglot.HostAccess.Export;
import org.jspecify.annotations.Nullable;

/// A script that waits for its turn on the loop's thread.
public final class Script {
  private final Embedding<?> runtime;
  private final Path path;
  private final List<String> arguments;
  private final CompletableFuture<Integer> status = new CompletableFuture<>();

  Script(Embedding<?> runtime, Path path, List<String> arguments) {
    this.runtime = runtime;
    this.path = path;
    this.arguments = arguments;
  }

  CompletableFuture<Integer> status() {
    return status;
  }

  @Export
  public String path() {
    return path.toString();
  }

  /// `sys.argv`.
  @Export
  public String[] argv() {
    List<String> argv = new ArrayList<>();
    argv.add(path.toString());
    argv.addAll(arguments);
    return argv.toArray(String[]::new);
  }

  @Export
  public void ended(int exitStatus) {
    runtime.leave(() -> status.complete(exitStatus));
  }

  /// Returns whether someone will see it.
  ///
  /// @param java what the engine's Java holds of the Java exception behind it
  @Export
  public boolean failed(
      String exceptionType, String message, String traceback, @Nullable Object java) {
    if (runtime.isClosing() && exceptionType.equals("KeyboardInterrupt")) {
      abandon(); // close() interrupted it
      return true;
    }
    boolean seen = !status.isDone();
    PythonException error =
        new PythonException(exceptionType, message, traceback, runtime.throwable(java));
    runtime.leave(() -> status.completeExceptionally(error));
    return seen;
  }

  void abandon() {
    status.completeExceptionally(new CancellationException("the Python runtime was closed"));
  }
}
