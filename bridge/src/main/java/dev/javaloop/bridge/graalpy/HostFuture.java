package dev.javaloop.bridge.graalpy;

import dev.javaloop.loop.ErrnoException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
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

  /// Calls back on the loop's thread once the stage has ended, unless the runtime has too.
  ///
  /// @param resolve takes the value
  /// @param reject takes a kind (`cancelled`, `timeout`, `os`, the name of an errno, `other`), the
  ///   message, the exception as text and the Java exception
  @Export
  public void whenDone(Value resolve, Value reject) {
    stage.whenComplete(
        (value, error) ->
            runtime.post(
                () -> {
                  if (error != null) {
                    reject(reject, unwrap(error));
                    return;
                  }
                  Object converted;
                  try {
                    converted = Crossing.toPython(value, runtime);
                  } catch (IllegalArgumentException e) {
                    reject(reject, e);
                    return;
                  }
                  resolve.executeVoid(converted);
                }));
  }

  private static void reject(Value reject, Throwable cause) {
    String message = cause.getMessage();
    reject.executeVoid(
        kind(cause), message == null ? cause.toString() : message, cause.toString(), cause);
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
      case SocketTimeoutException _ -> "timeout";
      case NoSuchFileException _ -> "ENOENT";
      case FileNotFoundException _ -> "ENOENT";
      case AccessDeniedException _ -> "EACCES";
      case FileAlreadyExistsException _ -> "EEXIST";
      case NotDirectoryException _ -> "ENOTDIR";
      case DirectoryNotEmptyException _ -> "ENOTEMPTY";
      case ConnectException _ -> "ECONNREFUSED";
      case ErrnoException e -> Integer.toString(e.errno());
      case IOException _ -> "os";
      default -> "other";
    };
  }
}
