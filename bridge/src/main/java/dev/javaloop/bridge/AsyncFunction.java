package dev.javaloop.bridge;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// An `async def` function of Python. Any thread may call it.
@FunctionalInterface
public interface AsyncFunction {
  /// Starts the function as a task of the runtime's loop.
  ///
  /// Arguments: null, booleans, numbers, strings, `byte[]`, lists and maps of them, and
  /// [java.util.concurrent.CompletionStage]s, which Python awaits.
  ///
  /// @param type what the result is wanted as: a boxed primitive, `String`, `byte[]`, `List`,
  ///   `Map`, `Void`, or `Object` for whatever of these it is
  /// @return completes on the loop's thread (dependents that work long belong on an executor), with
  ///   a [PythonException] when the task failed; cancelling it cancels the task
  <T extends @Nullable Object> CompletableFuture<T> call(
      Class<T> type, @Nullable Object... arguments);
}
