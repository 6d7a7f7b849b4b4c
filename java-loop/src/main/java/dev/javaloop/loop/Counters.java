package dev.javaloop.loop;

import java.util.concurrent.atomic.AtomicLongArray;

/// The numbers behind [LoopStats]. One thread at a time writes, any reads: opaque access is enough
/// for both and costs what a plain one does.
final class Counters {
  static final int PASSES = 0;
  static final int POLLS = 1;
  static final int BLOCKING_POLLS = 2;
  static final int TIMERS_SCHEDULED = 3;
  static final int TIMERS_FIRED = 4;
  static final int TIMERS_CANCELLED = 5;
  static final int POSTS = 6;
  static final int WAKEUPS = 7;
  static final int DESCRIPTOR_EVENTS = 8;
  static final int LONGEST_PASS = 9;

  private final AtomicLongArray values = new AtomicLongArray(10);

  void increment(int counter) {
    values.setOpaque(counter, values.getPlain(counter) + 1);
  }

  void raise(int counter, long value) {
    if (value > values.getPlain(counter)) {
      values.setOpaque(counter, value);
    }
  }

  LoopStats read() {
    return new LoopStats(
        values.getOpaque(PASSES),
        values.getOpaque(POLLS),
        values.getOpaque(BLOCKING_POLLS),
        values.getOpaque(TIMERS_SCHEDULED),
        values.getOpaque(TIMERS_FIRED),
        values.getOpaque(TIMERS_CANCELLED),
        values.getOpaque(POSTS),
        values.getOpaque(WAKEUPS),
        values.getOpaque(DESCRIPTOR_EVENTS),
        values.getOpaque(LONGEST_PASS));
  }
}
