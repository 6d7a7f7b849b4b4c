package dev.javaloop.spi;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Python as engine-neutral Java code reaches it, by opaque references to Python's objects.
///
/// All methods are for the thread that runs Python, with the interpreter entered: in what the
/// engine runs there, in a post of a [GuestLoop], and in a [HostMethod]. An engine need not check
/// that. What Python raises is thrown as a [GuestFailure], and is not set in Python any more.
///
/// What crosses by value, as a copy: null, booleans, integers, floats, text, bytes, lists and maps.
/// A reference crosses as the object that it refers to, a [CompletionStage] as an awaitable, what
/// [HostType#wrap] gives as an object with methods, and any other Java object as one that Python
/// can only hand back, which gives the same Java object.
///
/// @param <R> a reference, which keeps its object until [#release], or until Java has lost it
public interface Guest<R> {
  /// Imports a module and looks up one of its attributes.
  R find(String module, String name);

  /// Looks up an attribute.
  R attribute(R object, String name);

  /// Calls a callable.
  ///
  /// @throws IllegalArgumentException for an argument that cannot cross
  R call(R callable, @Nullable Object... arguments);

  /// The Java object of a Python one.
  ///
  /// @return null, a `Boolean`, the first of `Integer`, `Long` and `BigInteger` that holds an int,
  ///   a `Double`, a `String`, a `byte[]`, a `List`, a `Map`, or the Java object that Python hands
  ///   back
  /// @throws ClassCastException for what has no form in Java: the message names its type
  @Nullable Object toJava(R value);

  /// Makes a Python class for Java objects of a kind. It lives as long as the interpreter.
  ///
  /// @param name the class's name
  /// @param methods by their names
  <T> HostType<T> type(String name, Class<T> kind, Map<String, HostMethod<T, R>> methods);

  /// Says how a stage becomes an awaitable, from now on.
  ///
  /// @param awaitable called as the methods here are
  void awaitBy(Function<CompletionStage<?>, R> awaitable);

  /// The Java side of a loop, which is open.
  GuestLoop<R> loop(R loop);

  /// Runs code of the program's own, which may wait: Python's other threads run meanwhile. It must
  /// not use the guest.
  void leave(Runnable code);

  /// Gives up a reference before Java has lost it; it must not be used any more.
  void release(R reference);
}
