package dev.javaloop.bridge.embed;

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
import org.jspecify.annotations.Nullable;

/// A Java stage that Python awaits.
public final class Stage {
  private final CompletionStage<?> stage;
  private final Embedding<?> runtime;

  public Stage(CompletionStage<?> stage, Embedding<?> runtime) {
    this.stage = stage;
    this.runtime = runtime;
  }

  /// How a stage ends. On the loop's thread.
  public interface Listener {
    /// Takes the value.
    ///
    /// @throws IllegalArgumentException for a value that cannot cross
    void resolve(@Nullable Object value);

    /// Takes the exception.
    ///
    /// @param kind `cancelled`, `timeout`, `os`, the name or number of an errno, `other`
    /// @param text the exception as text
    void reject(String kind, String message, String text, Throwable cause);
  }

  /// Tells once the stage has ended, unless the runtime has too.
  public void whenDone(Listener listener) {
    runtime.leave(() -> stage.whenComplete((value, error) -> ended(listener, value, error)));
  }

  private void ended(Listener listener, @Nullable Object value, @Nullable Throwable error) {
    runtime.post(
        () -> {
          if (error != null) {
            reject(listener, unwrap(error));
            return;
          }
          try {
            listener.resolve(value);
          } catch (IllegalArgumentException e) {
            reject(listener, e);
          }
        });
  }

  public void cancel() {
    runtime.leave(() -> stage.toCompletableFuture().cancel(true));
  }

  private static void reject(Listener listener, Throwable cause) {
    String message = cause.getMessage();
    listener.reject(
        kind(cause), message == null ? cause.toString() : message, cause.toString(), cause);
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
