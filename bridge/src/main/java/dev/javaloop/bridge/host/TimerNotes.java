package dev.javaloop.bridge.host;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Timers that Python starts and cancels without entering Java: it notes them in memory that both
/// see, and the next pass in Java takes them over. Only the loop's thread uses it.
///
/// The memory holds words of eight bytes, in the machine's order:
///
/// | word          |                                                                              |
/// |---------------|------------------------------------------------------------------------------|
/// | 0             | `double`: the time from which on a pass in Java has timers to look at        |
/// | 1             | how many timers Python has started; the next one's number                    |
/// | 2             | how many it has cancelled                                                    |
/// | 3 to 1026     | `double`: deadlines in seconds, that of timer n in word `3 + n % 1024`       |
/// | 1027 to 2050  | the numbers of the cancelled timers, the n-th in word `1027 + n % 1024`      |
///
/// Python writes a note before it counts it, and has Java take them before a ring is full, so that
/// it can be interrupted anywhere.
final class TimerNotes {
  private static final int RING = 1024;
  private static final int DUE = 0;
  private static final int STARTED = 1;
  private static final int CANCELLED = 2;
  private static final int DEADLINES = 3;
  private static final int NUMBERS = DEADLINES + RING;

  private final ByteBuffer memory =
      ByteBuffer.allocateDirect(Long.BYTES * (NUMBERS + RING)).order(ByteOrder.nativeOrder());
  private final AsyncioTimers timers;
  private long started;
  private long cancelled;

  TimerNotes(AsyncioTimers timers) {
    this.timers = timers;
    tellDue();
  }

  ByteBuffer memory() {
    return memory;
  }

  /// Takes over what Python has noted. Cancelling does not change where a timer that is started
  /// later goes, so that the order among the two does not matter.
  void take() {
    for (long end = word(STARTED); started < end; started++) {
      timers.schedule(memory.getDouble(at(DEADLINES + (int) (started % RING))));
    }
    for (long end = word(CANCELLED); cancelled < end; cancelled++) {
      timers.cancel(word(NUMBERS + (int) (cancelled % RING)));
    }
  }

  void tellDue() {
    memory.putDouble(at(DUE), timers.earliest());
  }

  private long word(int index) {
    return memory.getLong(at(index));
  }

  private static int at(int index) {
    return Long.BYTES * index;
  }
}
