package dev.javaloop.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Guest mode: the test's thread is the host, with a task queue of its own. */
@ExtendWith(NoLeaks.class)
@Tag("class-path")
final class HostPumpTest {
  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final List<String> log = new ArrayList<>();

  private void hostUntil(BooleanSupplier done) throws InterruptedException {
    while (!done.getAsBoolean()) {
      tasks.take().run();
    }
  }

  private void finish(EventLoop loop, HostPump pump) throws Exception {
    pump.stop();
    hostUntil(loop::isClosed);
    pump.whenStopped().toCompletableFuture().get();
    joinHelper(loop);
  }

  private static void joinHelper(EventLoop loop) throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals(loop.name() + "-wait")) {
        thread.join();
      }
    }
  }

  @Test
  void passesRunInTheHostsThread() throws Exception {
    EventLoop loop = EventLoop.open();
    HostPump pump = HostPump.start(loop, tasks::add);
    Thread me = Thread.currentThread();
    loop.post(() -> log.add("post " + (Thread.currentThread() == me)));
    hostUntil(() -> !log.isEmpty());
    assertEquals(List.of("post true"), log);
    finish(loop, pump);
  }

  @Test
  void theHelperIsWokenByAPostADescriptorAndATimerOfTheHost() throws Exception {
    EventLoop loop = EventLoop.open();
    HostPump pump = HostPump.start(loop, tasks::add);
    tasks.take().run(); // The first pass: from here on the helper waits without limit.
    int fd = Posix.eventfd(0);
    loop.watch(
        fd,
        Interest.READ,
        (ready, readyOps) -> {
          log.add("fd");
          Posix.read(fd);
        });
    Thread.ofPlatform().start(() -> Posix.write(fd, "12345678"));
    hostUntil(() -> log.contains("fd"));
    loop.schedule(loop.nanoTime() + 3_600_000_000_000L, id -> log.add("never"));
    loop.schedule(loop.nanoTime() + 1_000_000, id -> log.add("timer"));
    hostUntil(() -> log.contains("timer"));
    loop.post(() -> log.add("post"));
    hostUntil(() -> log.contains("post"));
    assertEquals(List.of("fd", "timer", "post"), log);
    finish(loop, pump);
    Posix.close(fd);
  }

  @Test
  void passesNeverWaitAndAreNobodyElses() throws Exception {
    EventLoop loop = EventLoop.open();
    HostPump pump = HostPump.start(loop, tasks::add);
    assertThrows(IllegalStateException.class, () -> loop.runOnce(0));
    assertThrows(IllegalStateException.class, () -> HostPump.start(loop, tasks::add));
    finish(loop, pump);
    assertEquals(0, loop.stats().blockingPolls());
  }

  @Test
  void whatLeavesAPassReachesTheHostAndEndsThePump() throws Exception {
    EventLoop loop = EventLoop.open();
    HostPump pump = HostPump.start(loop, tasks::add);
    AssertionError boom = new AssertionError("boom");
    loop.post(
        () -> {
          throw boom;
        });
    Runnable pass = tasks.take();
    while (true) {
      try {
        pass.run();
      } catch (AssertionError e) {
        assertSame(boom, e);
        break;
      }
      pass = tasks.take();
    }
    assertTrue(loop.isClosed());
    joinHelper(loop);
    CompletionException e =
        assertThrows(
            CompletionException.class, () -> pump.whenStopped().toCompletableFuture().join());
    assertSame(boom, e.getCause());
  }

  @Test
  void aHostThatRefusesEndsThePump() throws Exception {
    EventLoop loop = EventLoop.open();
    HostPump pump =
        HostPump.start(
            loop,
            task -> {
              throw new RejectedExecutionException("the host is gone");
            });
    CompletionException e =
        assertThrows(
            CompletionException.class, () -> pump.whenStopped().toCompletableFuture().join());
    assertEquals("the host is gone", e.getCause().getMessage());
    assertTrue(loop.isClosed());
    joinHelper(loop);
  }

  @Test
  void aHostCanAlsoPumpByItself() {
    try (EventLoop loop = EventLoop.open()) {
      loop.schedule(loop.nanoTime(), id -> log.add("timer"));
      assertEquals(1, loop.runOnce(loop.nanoTime()));
    }
  }
}
