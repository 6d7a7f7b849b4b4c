package dev.javaloop.loop;

/// What is called when a watched descriptor is ready, in the loop's thread.
@FunctionalInterface
public interface ReadyHandler {

  /// Readiness is level triggered and a hint: it comes again in each pass until the cause is gone,
  /// and a call that follows it may still find that it would block.
  ///
  /// @param fd the descriptor
  /// @param readyOps the bits of [Interest] that are ready, only those that are watched; an error
  ///   or a hang-up counts as both
  void ready(int fd, int readyOps);
}
