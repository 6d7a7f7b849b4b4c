package dev.javaloop.bridge.host;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongConsumer;

/// Timers in the order that asyncio gives them, also where deadlines are equal: programs show it.
///
/// That order is what comes out of a binary heap that compares deadlines and nothing else, whose
/// cancelled timers stay until they reach the top or are more than half of over a hundred (see
/// `_run_once` in CPython's `asyncio/base_events.py`, and `heapq.py` for the two sifts). So both
/// are done here as they are there, step by step; a heap that is better in itself gives another
/// order.
///
/// Timers are numbered from 0 as they are scheduled. Deadlines are seconds. Only the loop's thread
/// uses it; the counters are for any thread.
final class AsyncioTimers {
  private static final int FEW = 100;

  // By place in the heap.
  private double[] deadlines = new double[16];
  private long[] numbers = new long[16];
  private int size;

  /// Those in the heap.
  private final Set<Long> cancelled = new HashSet<>();

  /// How many cancelled timers asyncio believes to be in the heap: those that expire are not
  /// subtracted there.
  private int cancelledCount;

  /// How many were scheduled, fired, cancelled so far.
  private final AtomicLongArray totals = new AtomicLongArray(3);

  /// Schedules a timer and gives its number.
  long schedule(double deadline) {
    if (size == deadlines.length) {
      grow();
    }
    long number = totals.getPlain(0);
    siftTowardsTop(0, size++, deadline, number);
    increment(0);
    return number;
  }

  /// Cancels a timer.
  ///
  /// @param number of one that is still to come
  void cancel(long number) {
    cancelled.add(number);
    cancelledCount++;
    increment(2);
  }

  /// Forgets cancelled timers as asyncio does before each poll.
  ///
  /// @return the deadline of the next timer; positive infinity if there is none
  double next() {
    if (size > FEW && cancelledCount > size / 2.0) {
      forgetAllCancelled();
    } else {
      while (size > 0 && wasCancelled(numbers[0])) {
        cancelledCount--;
        pop();
      }
    }
    return size == 0 ? Double.POSITIVE_INFINITY : deadlines[0];
  }

  /// Gives the numbers of the timers whose deadline lies before a time, in order.
  void expire(double end, LongConsumer expired) {
    while (size > 0 && deadlines[0] < end) {
      long number = pop();
      if (!wasCancelled(number)) {
        increment(1);
        expired.accept(number);
      }
    }
  }

  /// The numbers of the timers as they lie in the heap; of a cancelled one `~number`.
  long[] numbers() {
    long[] given = Arrays.copyOf(numbers, size);
    if (!cancelled.isEmpty()) {
      for (int at = 0; at < size; at++) {
        given[at] = cancelled.contains(given[at]) ? ~given[at] : given[at];
      }
    }
    return given;
  }

  /// The deadlines of the timers as they lie in the heap.
  double[] deadlines() {
    return Arrays.copyOf(deadlines, size);
  }

  /// How many cancelled timers asyncio believes to be in the heap.
  int cancelledCount() {
    return cancelledCount;
  }

  long scheduledTotal() {
    return totals.getOpaque(0);
  }

  long firedTotal() {
    return totals.getOpaque(1);
  }

  long cancelledTotal() {
    return totals.getOpaque(2);
  }

  /// One thread writes.
  private void increment(int total) {
    totals.setOpaque(total, totals.getPlain(total) + 1);
  }

  private void forgetAllCancelled() {
    int kept = 0;
    for (int at = 0; at < size; at++) {
      if (!wasCancelled(numbers[at])) {
        put(kept++, deadlines[at], numbers[at]);
      }
    }
    size = kept;
    cancelledCount = 0;
    for (int at = size / 2 - 1; at >= 0; at--) {
      siftIn(at, deadlines[at], numbers[at]);
    }
  }

  /// Also forgets it.
  private boolean wasCancelled(long number) {
    return !cancelled.isEmpty() && cancelled.remove(number);
  }

  private long pop() {
    long number = numbers[0];
    size--;
    if (size > 0) {
      siftIn(0, deadlines[size], numbers[size]);
    }
    return number;
  }

  /// Moves the smaller children up until the hole is at the bottom, and the timer from there to its
  /// place. Of two equal children the right one is taken.
  private void siftIn(int start, double deadline, long number) {
    int hole = start;
    for (int child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
      int right = child + 1;
      if (right < size && !(deadlines[child] < deadlines[right])) {
        child = right;
      }
      put(hole, deadlines[child], numbers[child]);
      hole = child;
    }
    siftTowardsTop(start, hole, deadline, number);
  }

  private void siftTowardsTop(int top, int start, double deadline, long number) {
    int hole = start;
    while (hole > top) {
      int parent = (hole - 1) >> 1;
      if (!(deadline < deadlines[parent])) {
        break;
      }
      put(hole, deadlines[parent], numbers[parent]);
      hole = parent;
    }
    put(hole, deadline, number);
  }

  private void put(int at, double deadline, long number) {
    deadlines[at] = deadline;
    numbers[at] = number;
  }

  private void grow() {
    int length = 2 * size;
    deadlines = Arrays.copyOf(deadlines, length);
    numbers = Arrays.copyOf(numbers, length);
  }
}
