package dev.javaloop.loop;

/// A monotonic clock in nanoseconds, the time line on which an [EventLoop]'s deadlines lie.
///
/// Values never decrease and are ordered as longs are: unlike [System#nanoTime()]'s contract,
/// deadlines are compared and not subtracted, so that [EventLoop#NO_DEADLINE] can stand behind all
/// of them. Tests and virtual time inject their own.
@FunctionalInterface
public interface NanoClock {

  /// The time now. Called by the loop's thread and by whoever calls [EventLoop#nanoTime()].
  long nanoTime();

  /// [System#nanoTime()], which on Linux is `CLOCK_MONOTONIC`: the origin of Python's
  /// `time.monotonic_ns()`.
  static NanoClock system() {
    return System::nanoTime;
  }
}
