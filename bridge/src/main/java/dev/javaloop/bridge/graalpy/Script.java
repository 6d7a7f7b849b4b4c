package dev.javaloop.bridge.graalpy;

import dev.javaloop.bridge.PythonException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.graalvm.polyglot.HostAccess.Export;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyArray;

/// A script that waits for its turn on the loop's thread.
public final class Script {
  private final GraalPyRuntime runtime;
  private final Path path;
  private final List<String> arguments;
  private final CompletableFuture<Integer> status = new CompletableFuture<>();

  Script(GraalPyRuntime runtime, Path path, List<String> arguments) {
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
  public ProxyArray argv() {
    List<Object> argv = new ArrayList<>();
    argv.add(path.toString());
    argv.addAll(arguments);
    return ProxyArray.fromList(argv);
  }

  @Export
  public void ended(int exitStatus) {
    status.complete(exitStatus);
  }

  @Export
  public boolean failed(String exceptionType, String message, String traceback, Value java) {
    if (runtime.isClosing() && exceptionType.equals("KeyboardInterrupt")) {
      abandon(); // close() interrupted it
      return true;
    }
    return status.completeExceptionally(
        new PythonException(exceptionType, message, traceback, Crossing.throwable(java)));
  }

  void abandon() {
    status.completeExceptionally(new CancellationException("the Python runtime was closed"));
  }
}
