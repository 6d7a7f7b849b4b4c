package dev.javaloop.bridge.graalpy;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.graalvm.polyglot.HostAccess.Export;
import org.graalvm.polyglot.Value;

/// A Java stage as `javaloop._embed` turns it into an asyncio future.
public final class HostFuture {
  private final CompletionStage<?> stage;
  private final GraalPyRuntime runtime;

  HostFuture(CompletionStage<?> stage, GraalPyRuntime runtime) {
    this.stage = stage;
    this.runtime = runtime;
  }

  /// Calls back on the loop's thread once the stage has ended.
  ///
  /// @param resolve takes the value
  /// @param reject takes a kind (`cancelled`, `timeout`, `os`, `other`), the message and the Java
  ///   exception
  @Export
  public void whenDone(Value resolve, Value reject) {
    stage.whenComplete(
        (value, error) -> {
          try {
            runtime.post(
                () -> {
                  if (error == null) {
                    resolve.executeVoid(Crossing.toPython(value, runtime));
                  } else {
                    Throwable cause = unwrap(error);
                    reject.executeVoid(kind(cause), cause.toString(), cause);
                  }
                });
          } catch (IllegalStateException _) {
            // The runtime is closed, and with it the future that waited.
          }
        });
  }

  @Export
  public void cancel() {
    stage.toCompletableFuture().cancel(true);
  }

  private static Throwable unwrap(Throwable error) {
    Throwable cause = error;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static String kind(Throwable cause) {
    return switch (cause) {
      case CancellationException _ -> "cancelled";
      case TimeoutException _ -> "timeout";
      case java.io.IOException _ -> "os";
      default -> "other";
    };
  }
}
