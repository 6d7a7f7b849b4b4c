package dev.javaloop.spi;

/// A Python class for Java objects of a kind, made by [Guest#type].
///
/// @param <T> the kind
@FunctionalInterface
public interface HostType<T> {
  /// An argument or result that Python gets as an object with the class's methods. Any thread.
  Object wrap(T object);
}
