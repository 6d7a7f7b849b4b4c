package dev.javaloop.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the poller promises beyond the loop's use of it. */
@ExtendWith(NoLeaks.class)
@Tag("class-path")
final class EpollPollerTest {

  @Test
  void millisecondsAreRoundedUpAndFit() {
    assertEquals(-1, Syscalls.millis(Long.MAX_VALUE));
    assertEquals(1, Syscalls.millis(1));
    assertEquals(1, Syscalls.millis(1_000_000));
    assertEquals(2, Syscalls.millis(1_000_001));
    assertEquals(Integer.MAX_VALUE, Syscalls.millis(Long.MAX_VALUE - 1));
  }

  @Test
  void errorNumbersHaveTheirNames() {
    assertEquals("EPERM", Errno.name(1));
    assertEquals("ENOSYS", Errno.name(38));
    assertEquals("errno 41", Errno.name(41));
    assertEquals("EINPROGRESS", Errno.name(115));
    assertEquals("EHWPOISON", Errno.name(133));
    assertEquals("errno 134", Errno.name(134));
    assertEquals("errno -1", Errno.name(-1));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aWaitIsNeverTooShort(boolean nanosecondWaits) throws IOException {
    try (EpollPoller poller = new EpollPoller(nanosecondWaits)) {
      for (long timeoutNanos : new long[] {1, 999, 100_000, 1_000_001, 3_141_592}) {
        long start = System.nanoTime();
        assertEquals(0, poller.poll(timeoutNanos, (fd, readyOps) -> {}));
        assertTrue(System.nanoTime() - start >= timeoutNanos);
      }
      poller.wakeup();
      assertEquals(0, poller.poll(Long.MAX_VALUE, (fd, readyOps) -> {}));
    }
  }

  @Test
  void wakeupEndsTheNextWaitOnce() throws IOException {
    try (EpollPoller poller = EpollPoller.open()) {
      poller.wakeup();
      poller.wakeup();
      assertEquals(0, poller.poll(Long.MAX_VALUE, (fd, readyOps) -> {}));
      long start = System.nanoTime();
      poller.poll(1_000_000, (fd, readyOps) -> {});
      assertTrue(System.nanoTime() - start >= 1_000_000, "consumed");
    }
  }

  @Test
  void awaitReadyConsumesNothing() throws IOException {
    int fd = Posix.eventfd(1);
    try (EpollPoller poller = EpollPoller.open()) {
      poller.set(fd, Interest.READ);
      poller.awaitReady(Long.MAX_VALUE);
      assertEquals(1, poller.poll(0, (ready, readyOps) -> {}));
      poller.remove(fd);
      poller.wakeup();
      poller.awaitReady(Long.MAX_VALUE);
      poller.awaitReady(Long.MAX_VALUE); // Would hang, had the first one taken the wake-up.
    }
    Posix.close(fd);
  }

  @Test
  void wakeupAfterCloseTouchesNoDescriptor() throws IOException {
    EpollPoller poller = EpollPoller.open();
    poller.close();
    int[] fds = {Posix.eventfd(0), Posix.eventfd(0)}; // Likely the numbers that were freed.
    poller.wakeup();
    poller.close();
    try (EventLoop loop = EventLoop.open()) {
      for (int fd : fds) {
        loop.watch(fd, Interest.READ, (ready, readyOps) -> {});
      }
      assertEquals(0, loop.runOnce(Long.MIN_VALUE), "nobody wrote to them");
    }
    Posix.close(fds);
  }
}
