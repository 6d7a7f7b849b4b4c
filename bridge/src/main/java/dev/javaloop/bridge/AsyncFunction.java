package dev.javaloop.bridge;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// An `async def` function of Python. Any thread may call it.
@FunctionalInterface
public interface AsyncFunction {
  /// Starts the function as a task of the runtime's loop.
  ///
  /// What crosses, in both directions: null, booleans, numbers, strings, `byte[]`, lists and maps
  /// with text or numbers as keys, as copies. [java.util.concurrent.CompletionStage]s are awaited
  /// in Python: cancelling one side cancels the other, and what a stage fails with arrives as the
  /// Python exception of the same meaning, or as `javaloop.JavaError`. Any other Java object can
  /// only be handed back.
  ///
  /// @param type what the result is wanted as: a boxed primitive, `BigInteger`, `String`, `byte[]`,
  ///   `List`, `Map`, `Void` for a result that does not matter, or `Object` for whatever it is (an
  ///   `int` of Python's is an `Integer`, `Long` or `BigInteger`, the first that holds it)
  /// @return completes on the loop's thread (dependents that work long or wait belong on an
  ///   executor): with a [PythonException] when the task failed, with a [ClassCastException] when
  ///   the result is no `type`, cancelled when the runtime is closed meanwhile. Cancelling it
  ///   cancels the task.
  /// @throws IllegalArgumentException if `type` is primitive
  /// @throws IllegalStateException if the runtime is closed
  <T extends @Nullable Object> CompletableFuture<T> call(
      Class<T> type, @Nullable Object... arguments);
}
