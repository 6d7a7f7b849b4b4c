package dev.javaloop.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The numbers count what their names say. */
final class StatsTest {
  private final ManualClock clock = new ManualClock();
  private final FakePoller poller = new FakePoller(clock);
  private final EventLoop loop = EventLoop.builder().clock(clock).poller(poller).build();

  @Test
  void startAtZero() {
    assertEquals(new LoopStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0), loop.stats());
  }

  @Test
  void count() throws IOException {
    loop.schedule(clock.now + 5, id -> {});
    long cancelled = loop.schedule(clock.now + 6, id -> {});
    loop.cancel(cancelled);
    loop.cancel(cancelled);
    loop.runOnce(EventLoop.NO_DEADLINE); // Waits for the timer.
    loop.watch(3, Interest.READ, (fd, readyOps) -> {});
    poller.ready.add(new FakePoller.Ready(3, Interest.READ));
    loop.runOnce(clock.now); // Does not wait.
    poller.whileWaiting = () -> loop.post(() -> {});
    loop.runOnce(EventLoop.NO_DEADLINE); // Is woken.
    assertEquals(new LoopStats(3, 3, 2, 2, 1, 1, 1, 1, 1, 0), loop.stats());
  }

  @Test
  void theLongestPassIsWithoutItsWait() {
    loop.schedule(clock.now + 1_000, id -> clock.now += 30);
    loop.runOnce(EventLoop.NO_DEADLINE);
    loop.post(() -> clock.now += 20);
    loop.runOnce(EventLoop.NO_DEADLINE);
    assertEquals(30, loop.stats().longestPassNanos());
  }
}
