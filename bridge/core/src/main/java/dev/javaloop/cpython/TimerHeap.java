package dev.javaloop.cpython;

import java.util.Arrays;

/// Timers in the order that asyncio gives them, also where deadlines are equal: programs show it.
///
/// That order is what comes out of a binary heap that compares deadlines and nothing else, whose
/// cancelled timers stay until they reach the top or are more than half of over a hundred (see
/// `_run_once` in CPython's `asyncio/base_events.py`, and `heapq.py` for the two sifts). So both
/// are done here as they are there, step by step; a heap that is better in itself gives another
/// order.
///
/// Deadlines are seconds on the loop's clock. It owns a reference to each handle. Guarded by the
/// GIL.
final class TimerHeap {
  private static final int FEW = 100;

  // By place in the heap.
  private double[] deadlines = new double[16];
  private final HandleArray handles;
  private int size;

  /// How many cancelled timers asyncio believes to be in the heap: those that expire are not
  /// subtracted there.
  private int cancelled;

  TimerHeap(long loop) {
    handles = new HandleArray(loop, LoopFields.timerHandles(), 16);
  }

  int size() {
    return size;
  }

  /// Adds a timer; takes the reference to its handle.
  void add(double deadline, long handle) {
    while (size == handles.length()) {
      handles.grow(() -> 0);
    }
    if (deadlines.length < handles.length()) {
      deadlines = Arrays.copyOf(deadlines, handles.length());
    }
    siftTowardsTop(0, size++, deadline, handle);
  }

  /// Notes that a timer that is in the heap has been cancelled.
  void countCancelled() {
    cancelled++;
  }

  /// How many of them asyncio counts as cancelled.
  int cancelled() {
    return cancelled;
  }

  /// The earliest deadline.
  double earliest() {
    return deadlines[0];
  }

  /// The handle at a place, borrowed: the places are those of a list that `heapq` keeps.
  long handle(int at) {
    return handles.get(at);
  }

  /// Takes the timer at the top; the reference is the caller's.
  long take() {
    long handle = handles.get(0);
    long last = handles.get(--size);
    handles.empty(size);
    if (size > 0) {
      siftIn(0, deadlines[size], last);
    }
    return handle;
  }

  /// Takes the timer at the bottom, whose removal moves no other; the reference is the caller's.
  long takeLast() {
    long handle = handles.get(--size);
    handles.empty(size);
    return handle;
  }

  /// Forgets cancelled timers as asyncio does before each poll.
  ///
  /// @param released gets the references
  void forgetCancelled(ReleasedReferences released) {
    if (size > FEW && cancelled > size / 2.0) {
      int kept = 0;
      for (int at = 0; at < size; at++) {
        long handle = handles.get(at);
        handles.empty(at);
        if (Handles.isCancelled(handle)) {
          drop(handle, released);
        } else {
          put(kept++, deadlines[at], handle);
        }
      }
      size = kept;
      cancelled = 0;
      for (int at = size / 2 - 1; at >= 0; at--) {
        siftIn(at, deadlines[at], handles.get(at));
      }
      return;
    }
    while (size > 0 && Handles.isCancelled(handles.get(0))) {
      cancelled--;
      drop(take(), released);
    }
  }

  private static void drop(long handle, ReleasedReferences released) {
    Handles.setScheduled(handle, false);
    released.add(handle);
  }

  /// Moves the smaller children up until the hole is at the bottom, and the timer from there to its
  /// place. Of two equal children the right one is taken.
  private void siftIn(int start, double deadline, long handle) {
    int hole = start;
    for (int child = 2 * hole + 1; child < size; child = 2 * hole + 1) {
      int right = child + 1;
      if (right < size && !(deadlines[child] < deadlines[right])) {
        child = right;
      }
      put(hole, deadlines[child], handles.get(child));
      hole = child;
    }
    siftTowardsTop(start, hole, deadline, handle);
  }

  private void siftTowardsTop(int top, int start, double deadline, long handle) {
    int hole = start;
    while (hole > top) {
      int parent = (hole - 1) >> 1;
      if (!(deadline < deadlines[parent])) {
        break;
      }
      put(hole, deadlines[parent], handles.get(parent));
      hole = parent;
    }
    put(hole, deadline, handle);
  }

  private void put(int at, double deadline, long handle) {
    deadlines[at] = deadline;
    handles.set(at, handle);
  }
}
