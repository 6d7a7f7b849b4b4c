package dev.javaloop.bridge.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javaloop.loop.EventLoop;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class HostSignalsTest {
  private final AtomicLong clock = new AtomicLong();
  private final HostSignals signals = new HostSignals(clock::get);

  @Test
  void loopsLookForAHandlerUntilItHasRunHoweverLateTheEngineIs() {
    try (EventLoop loop = EventLoop.builder().name("signals").build()) {
      assertEquals(EventLoop.NO_DEADLINE, signals.waitUntil(loop));
      signals.arrived(() -> {});
      signals.arrived(() -> {});
      long soon = signals.waitUntil(loop) - loop.nanoTime();
      clock.addAndGet(Duration.ofHours(1).toNanos());
      long late = signals.waitUntil(loop) - loop.nanoTime();
      assertTrue(soon <= Duration.ofMillis(1).toNanos());
      assertTrue(late <= Duration.ofMillis(50).toNanos());
      signals.delivered();
      assertNotEquals(EventLoop.NO_DEADLINE, signals.waitUntil(loop));
      signals.delivered();
      assertEquals(EventLoop.NO_DEADLINE, signals.waitUntil(loop));
    }
  }
}
