package dev.javaloop.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An interrupt ends the wait and stays set; the pass does its work. */
@ExtendWith(NoLeaks.class)
@Tag("class-path")
final class InterruptTest {

  @Test
  void endsAnIdleWait() throws InterruptedException {
    try (EventLoop loop = EventLoop.open()) {
      Thread me = Thread.currentThread();
      Thread other =
          Thread.ofPlatform()
              .start(
                  () -> {
                    // Whichever comes first, the wait or the interrupt, the wait ends.
                    while (loop.stats().blockingPolls() == 0) {
                      Thread.onSpinWait();
                    }
                    me.interrupt();
                  });
      assertEquals(0, loop.runOnce(EventLoop.NO_DEADLINE));
      while (!me.isInterrupted()) {
        Thread.onSpinWait();
      }
      assertTrue(Thread.interrupted());
      other.join();
    }
  }

  @Test
  void beforeThePassKeepsItFromWaitingAndNotFromWorking() {
    try (EventLoop loop = EventLoop.open()) {
      List<String> log = new ArrayList<>();
      loop.schedule(loop.nanoTime(), id -> log.add("timer"));
      loop.post(() -> log.add("post"));
      Thread.currentThread().interrupt();
      assertEquals(2, loop.runOnce(EventLoop.NO_DEADLINE));
      assertEquals(0, loop.runOnce(EventLoop.NO_DEADLINE), "still interrupted, still no wait");
      assertTrue(Thread.interrupted());
      assertEquals(List.of("timer", "post"), log);
      assertEquals(0, loop.stats().blockingPolls());
    }
  }

  @Test
  void betweenTheCheckAndTheWait() throws IOException {
    try (EpollPoller poller = EpollPoller.open()) {
      Thread.currentThread().interrupt();
      assertEquals(0, poller.poll(Long.MAX_VALUE, (fd, readyOps) -> {}));
      assertTrue(Thread.interrupted());
    }
  }
}
