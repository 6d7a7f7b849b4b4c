package dev.javaloop.spi;

import org.jspecify.annotations.Nullable;

/// A loop of Python's as Java reaches it.
///
/// @param <R> a reference to a Python object
public interface GuestLoop<R> {
  /// Has the loop's thread run a task of Java's in its next pass, with the interpreter entered. The
  /// task may convert and look up; what may run code of the program's is for [#callSoon]. Any
  /// thread.
  ///
  /// @return false once the loop is closed: it will not run
  boolean post(Runnable task);

  /// Has the loop call a Python function as one of its callbacks: from a post, in the same pass.
  /// The loop's thread, as for [Guest].
  ///
  /// @throws IllegalArgumentException for an argument that cannot cross
  void callSoon(R function, @Nullable Object... arguments);
}
