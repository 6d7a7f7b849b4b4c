package dev.javaloop.cpython;

/// What a loop has done so far. Written and read with the GIL held.
final class LoopCounters {
  long passes;
  long polls;
  long blockingPolls;
  long timersScheduled;
  long timersFired;
  long timersCancelled;
  long posts;
  long wakeups;
  long descriptorEvents;
  long longestPassNanos;

  long[] values() {
    return new long[] {
      passes,
      polls,
      blockingPolls,
      timersScheduled,
      timersFired,
      timersCancelled,
      posts,
      wakeups,
      descriptorEvents,
      longestPassNanos
    };
  }
}
