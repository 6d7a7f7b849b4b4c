package dev.javaloop.loop;

/// The guest's own queue of what is to run next (asyncio's `call_soon`), drained once at the end of
/// each pass.
///
/// Only the loop's thread calls it. Whoever fills it from another thread, or outside a pass while a
/// driver waits, calls [EventLoop#wakeup()] afterwards; what a pass itself puts in is seen without
/// that.
public interface RunQueue {

  /// Whether nothing is there to run, in which case the loop may wait.
  boolean isEmpty();

  /// Runs what was there when it was called. What that adds waits for the next pass, or descriptors
  /// and timers starve.
  void drain();

  /// A queue that is always empty.
  static RunQueue none() {
    return NoRunQueue.NONE;
  }
}
