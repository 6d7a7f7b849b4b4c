package dev.javaloop.bridge;

import org.jspecify.annotations.Nullable;

/// A plain function of Python. Any thread but the loop's may call it.
@FunctionalInterface
public interface PythonFunction {
  /// Calls the function on the loop's thread and waits for its result; [AsyncFunction#call] says
  /// what crosses.
  ///
  /// @throws PythonException what the function raised
  <T extends @Nullable Object> @Nullable T call(Class<T> type, @Nullable Object... arguments);
}
