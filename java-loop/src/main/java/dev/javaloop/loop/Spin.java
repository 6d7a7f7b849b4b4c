package dev.javaloop.loop;

import java.util.concurrent.Semaphore;
import java.util.function.IntSupplier;

/// Looks again and again for a moment before a thread sleeps, where that has been paying.
///
/// To fall asleep and be woken takes longer than a peer on the same machine takes to answer
/// (decisions/0010). It does not pay to look for longer than that takes, so a spin ends after
/// [#LIMIT_NANOS]. It is tried only after a wait that was about as short as a sleep can be, while
/// at least four spins of five find something (where it costs no more of the processor than
/// sleeping does), and while half of the processors or more do something else.
///
/// Belongs to the thread that waits; only the seats are shared.
final class Spin {
  static final long LIMIT_NANOS = 50_000;

  /// A sleep that ends at once takes up to that, on a virtual machine.
  static final long SHORT_NANOS = 100_000;

  /// A spin that finds something earns one, one in vain costs four.
  static final int MOST_CREDIT = 16;

  /// How many short sleeps come between two trials, when it has not been paying.
  static final int SLEEPS_BETWEEN_TRIALS = 256;

  private static final int PRICE = 4;

  private final NanoClock clock;
  private final Semaphore seats;
  private boolean worthwhile;
  private int credit = 1;
  private int shortSleeps;

  /// One for each thread that waits.
  ///
  /// @param seats one is held by each thread that spins
  Spin(NanoClock clock, Semaphore seats) {
    this.clock = clock;
    this.seats = seats;
  }

  /// Looks until something is there, if that is worthwhile, and for a moment only.
  ///
  /// @param timeoutNanos how long the wait may take
  /// @param look finds how many are ready, without waiting
  /// @return what it found; 0: sleep, and say how long that took
  int spin(long timeoutNanos, IntSupplier look) {
    if (!worthwhile || timeoutNanos <= LIMIT_NANOS || !seats.tryAcquire()) {
      return 0;
    }
    try {
      long end = clock.nanoTime() + LIMIT_NANOS;
      do {
        int found = look.getAsInt();
        if (found != 0) {
          credit = Math.min(credit + 1, MOST_CREDIT);
          return found;
        }
      } while (clock.nanoTime() < end);
      credit = Math.max(credit - PRICE, 0);
      return 0;
    } finally {
      seats.release();
    }
  }

  /// Tells how long a sleep took.
  void slept(long nanos) {
    boolean isShort = nanos < SHORT_NANOS;
    if (isShort && credit == 0 && ++shortSleeps == SLEEPS_BETWEEN_TRIALS) {
      shortSleeps = 0;
      credit = 1;
    }
    worthwhile = isShort && credit > 0;
  }

  /// Tells that the wait ended without what a spin is for: the next one sleeps.
  void inVain() {
    worthwhile = false;
  }
}
