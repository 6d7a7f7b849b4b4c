package dev.javaloop.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** When a wait looks again and again, and when it does not; a peer answers by a clock of ours. */
final class SpinTest {
  private static final long LOOK_NANOS = 500;
  private static final long WAKE_NANOS = 40_000;
  private static final long FOREVER = Long.MAX_VALUE;

  private final Semaphore seats = new Semaphore(1);
  private long now;
  private final Spin spin = new Spin(() -> now, seats);
  private int looks;

  /// One wait for a peer that answers after a time; whether the thread slept.
  private boolean sleeps(long answerNanos, long timeoutNanos) {
    long answer = now + answerNanos;
    int found =
        spin.spin(
            timeoutNanos,
            () -> {
              looks++;
              now += LOOK_NANOS;
              return now >= answer ? 3 : 0;
            });
    if (found != 0) {
      assertEquals(3, found);
      return false;
    }
    long asleep = now;
    now = Math.max(now, answer) + WAKE_NANOS;
    spin.slept(now - asleep);
    return true;
  }

  private int sleepsOf(int waits, long answerNanos) {
    int slept = 0;
    for (int i = 0; i < waits; i++) {
      slept += sleeps(answerNanos, FOREVER) ? 1 : 0;
    }
    return slept;
  }

  @Test
  void aPeerThatAnswersSoonIsAwaitedAwake() {
    assertEquals(1, sleepsOf(1000, 20_000));
  }

  @Test
  void aLongWaitSleepsAtOnce() {
    assertEquals(100, sleepsOf(100, 1_000_000));
    assertEquals(0, looks);
  }

  @Test
  void afterALongWaitOneSleepTellsThatAnswersComeSoonAgain() {
    sleepsOf(10, 20_000);
    assertEquals(1, sleepsOf(1, 1_000_000));
    assertEquals(1, sleepsOf(10, 20_000));
  }

  @Test
  void aPeerThatIsSlowerThanASpinSoonHasNobodyLooking() {
    sleepsOf(100, 20_000);
    looks = 0;
    assertEquals(10_000, sleepsOf(10_000, Spin.LIMIT_NANOS + 5_000));
    long spins = looks / (Spin.LIMIT_NANOS / LOOK_NANOS);
    assertTrue(spins <= Spin.MOST_CREDIT / 4 + 10_000 / Spin.SLEEPS_BETWEEN_TRIALS + 1, "" + spins);
  }

  @Test
  void itIsTriedAgainNowAndThen() {
    sleepsOf(1000, Spin.LIMIT_NANOS + 5_000);
    assertTrue(sleepsOf(1000, 20_000) <= Spin.SLEEPS_BETWEEN_TRIALS);
  }

  @Test
  void moreThanOneInFiveInVainEndsIt() {
    sleepsOf(10, 20_000);
    looks = 0;
    int slept = 0;
    for (int i = 0; i < 300; i++) {
      slept += sleepsOf(1, Spin.LIMIT_NANOS + 5_000) + sleepsOf(2, 20_000);
    }
    assertTrue(slept > 600, slept + " of 900 waits slept");
  }

  @Test
  void aTimerThatIsAboutToRunIsNotMissed() {
    sleepsOf(10, 20_000);
    looks = 0;
    assertTrue(sleeps(20_000, Spin.LIMIT_NANOS));
    assertEquals(0, looks);
  }

  @Test
  void aWaitThatEndsInVainIsFollowedByASleep() {
    sleepsOf(10, 20_000);
    spin.inVain();
    assertEquals(1, sleepsOf(10, 20_000));
  }

  @Test
  void whereNoProcessorIsToSpareNobodyLooks() {
    assertTrue(seats.tryAcquire());
    assertEquals(100, sleepsOf(100, 20_000));
    assertEquals(0, looks);
    seats.release();
    assertEquals(0, sleepsOf(100, 20_000));
    assertEquals(1, seats.availablePermits());
  }
}
