package dev.javaloop.loop;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Descriptors that other threads watch and unwatch while the loop waits or works. */
@ExtendWith(NoLeaks.class)
@Tag("class-path")
final class OtherThreadsTest {
  private static final int SECONDS = 60;

  private EventLoop loop;
  private LoopThread driver;
  private final BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();

  @BeforeEach
  void start() {
    loop = EventLoop.open();
    driver = LoopThread.start(loop);
  }

  @AfterEach
  void stop() throws InterruptedException {
    driver.stop();
    driver.thread().join();
  }

  private void letItWait() throws InterruptedException {
    Semaphore done = new Semaphore(0);
    loop.post(done::release);
    assertTrue(done.tryAcquire(SECONDS, TimeUnit.SECONDS));
    Thread.sleep(20); // It goes on alone; a test that is faster than that sees less.
  }

  @Test
  void aLoopThatWaitsNoticesADescriptor() throws Exception {
    int[] pipe = Posix.pipe();
    Posix.write(pipe[1], "x");
    letItWait();
    loop.watch(
        pipe[0],
        Interest.READ,
        (fd, readyOps) -> {
          Posix.read(fd);
          seen.add(fd);
        });
    assertEquals(pipe[0], seen.poll(SECONDS, TimeUnit.SECONDS));
    letItWait();
    assertTrue(loop.unwatch(pipe[0]));
    assertFalse(loop.unwatch(pipe[0]));
    Posix.write(pipe[1], "x");
    letItWait();
    assertNull(seen.poll());
    Posix.close(pipe);
  }

  @Test
  void whatCannotBeWatchedIsToldAtOnce() throws Exception {
    letItWait();
    int file = Posix.open("/proc/self/exe");
    ErrnoException e =
        assertThrows(ErrnoException.class, () -> loop.watch(file, Interest.READ, (fd, ops) -> {}));
    assertEquals(Errno.EPERM, e.errno());
    assertFalse(loop.unwatch(file));
    Posix.close(file);
  }

  @Test
  void aClosedLoopRefuses() throws InterruptedException {
    driver.stop();
    driver.thread().join();
    int fd = Posix.eventfd(1);
    assertThrows(IllegalStateException.class, () -> loop.watch(fd, Interest.READ, (a, b) -> {}));
    assertThrows(IllegalStateException.class, () -> loop.unwatch(fd));
    Posix.close(fd);
  }

  /**
   * Numbers go from one thread to another, closed before or after they are unwatched, some with a
   * duplicate that lives on, so that the poller has to start over again and again.
   */
  @Test
  void numbersThatGoFromThreadToThread() throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int number = i;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      for (int round = 0; round < 300; round++) {
                        watchOne(number + round);
                      }
                    } catch (Throwable e) {
                      failure.compareAndSet(null, e);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
    // What is left waits: nothing that was closed keeps the loop awake.
    letItWait();
    long passes = loop.stats().passes();
    letItWait();
    assertTrue(loop.stats().passes() - passes < 5, "passes " + (loop.stats().passes() - passes));
  }

  private void watchOne(int way) throws IOException, InterruptedException {
    int fd = Posix.eventfd(0);
    Semaphore called = new Semaphore(0);
    loop.watch(
        fd,
        Interest.READ,
        (ready, readyOps) -> {
          loop.unwatch(ready);
          called.release();
        });
    loop.watch(fd, Interest.READ, (ready, readyOps) -> called.release());
    if (way % 2 == 0) {
      Posix.write(fd, "12345678");
      assertTrue(called.tryAcquire(SECONDS, TimeUnit.SECONDS));
    }
    switch (way % 3) {
      case 0 -> {
        assertTrue(loop.unwatch(fd));
        Posix.close(fd);
      }
      case 1 -> {
        int spare = Posix.dup(fd);
        Posix.write(spare, "12345678");
        Posix.close(fd);
        // Another thread may have the number by now, and watch it: so not unwatched here.
        assertDoesNotThrow(() -> Posix.close(spare));
      }
      default -> {
        assertTrue(loop.unwatch(fd));
        int spare = Posix.dup(fd);
        Posix.close(fd, spare);
      }
    }
  }
}
