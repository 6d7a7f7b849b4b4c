package dev.javaloop.loop;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Timers in a 4-ary heap, first come first served for equal deadlines. Only the loop's thread uses
/// it.
///
/// All state is in arrays that grow and never shrink: no allocation once they are large enough. A
/// timer has a *slot*, which it keeps, and a place in the heap, which moves; `place[slot]` finds it
/// again, so that cancelling costs O(log n). The id is the slot and the slot's generation, which
/// each release of the slot advances.
final class Timers {
  /// How the loop calls one timer; what it throws ends the expiry, the rest stays due.
  interface Runner {
    void run(TimerTask task, long timerId);
  }

  private static final int ARITY_BITS = 2;
  private static final int FREE = -1;
  private static final int DUE = -2;
  private static final int CANCELLED_WHILE_DUE = -3;

  // By slot.
  private @Nullable TimerTask[] tasks = new TimerTask[16];
  private int[] generations = new int[16];
  private int[] place = new int[16];

  // By place in the heap.
  private long[] deadlines = new long[16];
  private long[] sequences = new long[16];
  private int[] slots = new int[16];
  private int size;

  // A stack of the free slots, and the slots that are due and have not been called, in order.
  private int[] free = new int[16];
  private int freeCount;
  private int slotCount;
  private int[] due = new int[16];
  private int dueFrom;
  private int dueTo;
  private long nextSequence;

  /// The deadline of the next timer; [Long#MIN_VALUE] if an expiry left some behind,
  /// [Long#MAX_VALUE] if there is none.
  long earliest() {
    if (dueFrom < dueTo) {
      return Long.MIN_VALUE;
    }
    return size == 0 ? Long.MAX_VALUE : deadlines[0];
  }

  long schedule(long deadlineNanos, TimerTask task) {
    int slot = freeCount > 0 ? free[--freeCount] : newSlot();
    tasks[slot] = task;
    siftUp(size++, deadlineNanos, nextSequence++, slot);
    return id(slot);
  }

  boolean cancel(long timerId) {
    int slot = (int) timerId;
    if (slot < 0 || slot >= slotCount || generations[slot] != (int) (timerId >>> 32)) {
      return false;
    }
    int at = place[slot];
    if (at >= 0) {
      removeAt(at);
      release(slot);
      return true;
    }
    if (at == DUE) {
      // Its number is in the due list: the slot is free when the list has passed it.
      place[slot] = CANCELLED_WHILE_DUE;
      tasks[slot] = null;
      return true;
    }
    return false;
  }

  /// Calls all timers whose deadline has come. The set is fixed before the first call: a timer that
  /// a call schedules waits for the next expiry, whatever its deadline, or a timer that schedules
  /// itself in the past would never end.
  void expire(long nowNanos, Runner runner) {
    collectDue(nowNanos);
    while (dueFrom < dueTo) {
      int slot = due[dueFrom++];
      TimerTask task = tasks[slot];
      long timerId = id(slot);
      release(slot);
      if (task != null) {
        runner.run(task, timerId);
      }
    }
  }

  private void collectDue(long nowNanos) {
    System.arraycopy(due, dueFrom, due, 0, dueTo - dueFrom);
    dueTo -= dueFrom;
    dueFrom = 0;
    while (size > 0 && deadlines[0] <= nowNanos && deadlines[0] != Long.MAX_VALUE) {
      int slot = slots[0];
      removeAt(0);
      place[slot] = DUE;
      due[dueTo++] = slot;
    }
  }

  private long id(int slot) {
    return (long) generations[slot] << 32 | slot;
  }

  private int newSlot() {
    if (slotCount == place.length) {
      int length = slotCount * 2;
      tasks = Arrays.copyOf(tasks, length);
      generations = Arrays.copyOf(generations, length);
      place = Arrays.copyOf(place, length);
      deadlines = Arrays.copyOf(deadlines, length);
      sequences = Arrays.copyOf(sequences, length);
      slots = Arrays.copyOf(slots, length);
      free = Arrays.copyOf(free, length);
      due = Arrays.copyOf(due, length);
    }
    return slotCount++;
  }

  private void release(int slot) {
    tasks[slot] = null;
    place[slot] = FREE;
    generations[slot] = (generations[slot] + 1) & Integer.MAX_VALUE;
    free[freeCount++] = slot;
  }

  private void removeAt(int at) {
    int last = --size;
    if (at == last) {
      return;
    }
    long deadline = deadlines[last];
    long sequence = sequences[last];
    int slot = slots[last];
    if (at > 0 && before(deadline, sequence, (at - 1) >> ARITY_BITS)) {
      siftUp(at, deadline, sequence, slot);
    } else {
      siftDown(at, deadline, sequence, slot);
    }
  }

  private void siftUp(int hole, long deadline, long sequence, int slot) {
    int at = hole;
    while (at > 0) {
      int parent = (at - 1) >> ARITY_BITS;
      if (!before(deadline, sequence, parent)) {
        break;
      }
      put(at, deadlines[parent], sequences[parent], slots[parent]);
      at = parent;
    }
    put(at, deadline, sequence, slot);
  }

  private void siftDown(int hole, long deadline, long sequence, int slot) {
    int at = hole;
    for (; ; ) {
      int first = (at << ARITY_BITS) + 1;
      if (first >= size) {
        break;
      }
      int least = first;
      int end = Math.min(first + (1 << ARITY_BITS), size);
      for (int child = first + 1; child < end; child++) {
        if (before(deadlines[child], sequences[child], least)) {
          least = child;
        }
      }
      if (before(deadline, sequence, least)) {
        break;
      }
      put(at, deadlines[least], sequences[least], slots[least]);
      at = least;
    }
    put(at, deadline, sequence, slot);
  }

  private boolean before(long deadline, long sequence, int at) {
    return deadline < deadlines[at] || (deadline == deadlines[at] && sequence < sequences[at]);
  }

  private void put(int at, long deadline, long sequence, int slot) {
    deadlines[at] = deadline;
    sequences[at] = sequence;
    slots[at] = slot;
    place[slot] = at;
  }
}
