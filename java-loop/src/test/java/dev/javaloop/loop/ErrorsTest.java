package dev.javaloop.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is thrown into a pass: reported and passed over, or thrown on with nothing lost. */
final class ErrorsTest {
  private static final class Cancelled extends Error {
    private static final long serialVersionUID = 1L;
  }

  private final ManualClock clock = new ManualClock();
  private final FakePoller poller = new FakePoller(clock);
  private final GuestQueue queue = new GuestQueue();
  private final List<String> log = new ArrayList<>();

  private EventLoop.Builder builder() {
    return EventLoop.builder().clock(clock).poller(poller).runQueue(queue);
  }

  private void fill(EventLoop loop, RuntimeException exception, Error error) throws IOException {
    Runnable fail =
        () -> {
          log.add("failed");
          if (error != null) {
            throw error;
          }
          throw exception;
        };
    loop.watch(1, Interest.READ, (fd, readyOps) -> fail.run());
    loop.watch(2, Interest.READ, (fd, readyOps) -> log.add("fd"));
    poller.ready.add(new FakePoller.Ready(1, Interest.READ));
    poller.ready.add(new FakePoller.Ready(2, Interest.READ));
    loop.schedule(0, id -> fail.run());
    loop.schedule(0, id -> log.add("timer"));
    loop.post(fail);
    loop.post(() -> log.add("post"));
    queue.tasks.add(fail);
    queue.tasks.add(() -> log.add("queue"));
  }

  @Test
  void aHandlerThatReturnsLetsThePassGoOn() throws IOException {
    List<Throwable> seen = new ArrayList<>();
    EventLoop loop = builder().errorHandler(seen::add).build();
    RuntimeException boom = new RuntimeException("boom");
    fill(loop, boom, null);
    assertEquals(6, loop.runOnce(EventLoop.NO_DEADLINE));
    assertEquals(List.of("failed", "fd", "failed", "timer", "failed", "post", "failed"), log);
    assertEquals(List.of(boom, boom, boom, boom), seen);
    loop.runOnce(EventLoop.NO_DEADLINE);
    assertEquals("queue", log.getLast(), "the rest of its queue is the guest's to keep");
  }

  @Test
  void aHandlerThatThrowsAbortsThePassAndNothingIsLost() throws IOException {
    EventLoop loop = builder().build();
    Cancelled cancelled = new Cancelled();
    fill(loop, null, cancelled);
    for (int pass = 0; pass < 4; pass++) {
      assertSame(
          cancelled, assertThrows(Cancelled.class, () -> loop.runOnce(EventLoop.NO_DEADLINE)));
      assertEquals(0, poller.lastTimeout(), "what is left keeps it from waiting");
      if (pass == 0) {
        assertEquals(List.of("failed"), log);
        loop.post(() -> log.add("late post"));
      }
    }
    assertEquals(
        List.of("failed", "fd", "failed", "timer", "failed", "post", "late post", "failed"), log);
    loop.runOnce(EventLoop.NO_DEADLINE);
    assertEquals("queue", log.getLast());
    loop.runOnce(EventLoop.NO_DEADLINE);
    assertEquals(Long.MAX_VALUE, poller.lastTimeout());
    loop.close();
  }

  @Test
  void byDefaultExceptionsGoToTheThreadsHandler() throws InterruptedException {
    EventLoop loop = builder().build();
    List<Throwable> seen = new ArrayList<>();
    RuntimeException boom = new RuntimeException("boom");
    loop.post(
        () -> {
          throw boom;
        });
    loop.post(() -> log.add("post"));
    Thread thread = Thread.ofPlatform().unstarted(() -> loop.runOnce(0));
    thread.setUncaughtExceptionHandler((t, e) -> seen.add(e));
    thread.start();
    thread.join();
    assertEquals(List.of(boom), seen);
    assertEquals(List.of("post"), log);
  }

  @Test
  void anErrorWhileAskingTheGuestEndsThePassToo() {
    Cancelled cancelled = new Cancelled();
    RunQueue broken =
        new RunQueue() {
          @Override
          public boolean isEmpty() {
            throw cancelled;
          }

          @Override
          public void drain() {}
        };
    EventLoop loop = builder().runQueue(broken).build();
    assertThrows(Cancelled.class, () -> loop.runOnce(EventLoop.NO_DEADLINE));
    assertEquals(0, loop.runOnce(0), "and the loop can go on");
    loop.close();
  }
}
