package dev.javaloop.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The driver that owns a thread. */
@ExtendWith(NoLeaks.class)
@Tag("class-path")
final class LoopThreadTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void runsPostsAndTimersUntilItIsClosed() {
    EventLoop loop = EventLoop.open();
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    try (LoopThread driver = LoopThread.start(loop)) {
      loop.post(
          () ->
              loop.schedule(
                  loop.nanoTime() + 1_000_000, id -> ran.complete(Thread.currentThread())));
      assertSame(driver.thread(), ran.join());
      assertSame(loop, driver.loop());
      assertFalse(loop.inLoop());
    }
    assertTrue(loop.isClosed());
  }

  @Test
  void theLoopIsItsThreadsFromTheStart() throws InterruptedException {
    EventLoop loop = EventLoop.open();
    LoopThread driver = LoopThread.start(loop);
    assertThrows(IllegalStateException.class, () -> loop.schedule(0, id -> {}));
    assertThrows(IllegalStateException.class, () -> LoopThread.start(loop));
    assertEquals(
        "event-loop is run by a LoopThread: it alone calls runOnce",
        assertThrows(IllegalStateException.class, () -> loop.runOnce(0)).getMessage());
    assertEquals(
        "event-loop is run by a LoopThread, which closes it when it ends: use stop()",
        assertThrows(IllegalStateException.class, loop::close).getMessage());
    driver.stop();
    assertTrue(driver.join(LONG));
    assertEquals(List.of(), driver.whenStopped().toCompletableFuture().join());
  }

  @Test
  void handsOverThePostsThatDidNotRun() throws InterruptedException {
    EventLoop loop = EventLoop.open();
    Runnable left = () -> {};
    loop.post(
        () -> {
          loop.stop();
          loop.post(left);
        });
    LoopThread driver = LoopThread.start(loop);
    assertTrue(driver.join(LONG));
    assertEquals(List.of(left), driver.whenStopped().toCompletableFuture().join());
  }

  @Test
  void anInterruptEndsIt() throws InterruptedException {
    EventLoop loop = EventLoop.open();
    LoopThread driver = LoopThread.start(loop);
    driver.thread().interrupt();
    assertTrue(driver.join(LONG));
    assertTrue(loop.isClosed());
  }

  @Test
  void anErrorEndsItAndIsReported() throws InterruptedException {
    EventLoop loop = EventLoop.open();
    AtomicReference<Throwable> uncaught = new AtomicReference<>();
    AssertionError boom = new AssertionError("boom");
    LoopThread driver =
        LoopThread.start(
            loop,
            Thread.ofPlatform().uncaughtExceptionHandler((t, e) -> uncaught.set(e)).factory());
    loop.post(
        () -> {
          throw boom;
        });
    assertTrue(driver.join(LONG));
    assertSame(boom, uncaught.get());
    assertTrue(loop.isClosed());
    CompletionException e =
        assertThrows(
            CompletionException.class, () -> driver.whenStopped().toCompletableFuture().join());
    assertSame(boom, e.getCause());
  }

  @Test
  void closingFromItsOwnThreadOnlyStops() throws InterruptedException {
    EventLoop loop = EventLoop.open();
    LoopThread driver = LoopThread.start(loop);
    loop.post(driver::close);
    assertTrue(driver.join(LONG));
  }
}
