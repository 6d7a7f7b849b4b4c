package dev.javaloop.spi;

import org.jspecify.annotations.Nullable;

/// A method of a Java object that Python calls, with positional arguments.
///
/// @param <T> the Java object's class
/// @param <R> a reference to a Python object
@FunctionalInterface
public interface HostMethod<T, R> {
  /// Called on the thread that calls it in Python, with the interpreter entered. What it throws is
  /// raised in Python: what a [GuestFailure] stands for, else a `javaloop.JavaError` with the
  /// exception itself.
  ///
  /// @return what crosses by the rules of [Guest]
  @Nullable Object call(T self, Arguments<R> arguments);

  /// The arguments of a call, for as long as it lasts.
  ///
  /// @param <R> a reference to a Python object
  interface Arguments<R> {
    int count();

    /// A reference to an argument, for later.
    R reference(int index);

    /// An argument as [Guest#toJava] gives it.
    @Nullable Object value(int index);

    /// An argument that is a str.
    ///
    /// @throws ClassCastException where it is none
    String text(int index);

    /// Python's word for an argument's type, qualified unless it is built in; for a Java object the
    /// name of its class.
    String typeName(int index);
  }
}
