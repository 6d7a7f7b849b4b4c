package dev.javaloop.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the poller promises beyond the loop's use of it. */
@ExtendWith(NoLeaks.class)
@Tag("class-path")
final class EpollPollerTest {
  private static final int ENOSPC = 28;

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

  /** What the poller asks the kernel for, with failures put in. */
  private static final class Failing extends Syscalls {
    /** {call, error number}; an operation of epoll_ctl has its descriptor. */
    private final Map<String, Integer> failures;

    Failing(Arena arena, Map<String, Integer> failures) {
      super(arena, true);
      this.failures = failures;
    }

    private boolean fails(String call) {
      return failures.containsKey(call);
    }

    @Override
    int epollCreate() {
      return fails("epoll_create1") ? -failures.get("epoll_create1") : super.epollCreate();
    }

    @Override
    int epollCtl(int epoll, int operation, int fd, MemorySegment event) {
      String call = "epoll_ctl " + operation + " " + fd;
      return fails(call) ? -failures.get(call) : super.epollCtl(epoll, operation, fd, event);
    }

    @Override
    int eventfd() {
      return fails("eventfd") ? -failures.get("eventfd") : super.eventfd();
    }

    @Override
    int replace(int fd, int target) {
      return fails("dup3") ? -failures.get("dup3") : super.replace(fd, target);
    }
  }

  /** The descriptors that the kernel has in a poller's set, as it names them. */
  private static List<Integer> registered(EpollPoller poller) throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/fdinfo/" + poller.descriptor()))) {
      return lines
          .filter(line -> line.startsWith("tfd:"))
          .map(line -> Integer.valueOf(line.replaceAll("tfd:\\s*(\\d+).*", "$1")))
          .sorted()
          .toList();
    }
  }

  private static int eventfdOf(EpollPoller poller) throws IOException {
    assertEquals(1, registered(poller).size());
    return registered(poller).getFirst();
  }

  @ParameterizedTest
  @ValueSource(strings = {"epoll_create1", "dup3", "add eventfd", "add watched", "mod watched"})
  void aNewSetThatCannotBeMadeLosesNothing(String call) throws IOException {
    Map<String, Integer> failures = new HashMap<>();
    int closed = Posix.eventfd(1);
    int spare = Posix.dup(closed);
    int watched = Posix.eventfd(1);
    try (EpollPoller poller = new EpollPoller(arena -> new Failing(arena, failures))) {
      int eventfd = eventfdOf(poller);
      poller.set(closed, Interest.READ);
      poller.set(watched, Interest.READ);
      Posix.close(closed);
      poller.remove(closed); // In vain, so that the next poll starts over with a new set.
      String fails =
          switch (call) {
            case "add eventfd" -> "epoll_ctl 1 " + eventfd;
            case "add watched" -> "epoll_ctl 1 " + watched;
            case "mod watched" -> "epoll_ctl 3 " + watched;
            default -> call;
          };
      failures.put(fails, ENOSPC);
      List<Integer> seen = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        seen.clear();
        poller.wakeup();
        poller.poll(Long.MAX_VALUE, (fd, readyOps) -> seen.add(fd));
        assertEquals(List.of(watched), seen);
      }
      failures.clear();
      poller.poll(0, (fd, readyOps) -> {});
      assertEquals(sorted(eventfd, watched), registered(poller), "the orphan is gone");
      poller.remove(watched);
      poller.wakeup();
      assertEquals(0, poller.poll(Long.MAX_VALUE, (fd, readyOps) -> {}), "it can be woken");
    }
    Posix.close(spare, watched);
  }

  @Test
  void aNewSetHasOnlyWhatWasWatched() throws IOException {
    int closed = Posix.eventfd(1);
    int spare = Posix.dup(closed);
    int reused = Posix.eventfd(1);
    int gone = Posix.eventfd(0);
    try (EpollPoller poller = EpollPoller.open()) {
      int eventfd = eventfdOf(poller);
      for (int fd : new int[] {closed, reused, gone}) {
        poller.set(fd, Interest.READ);
      }
      Posix.close(closed, gone);
      poller.remove(closed);
      int other = Posix.eventfd(1);
      Posix.dup2(other, reused); // Another file, which nobody watches.
      Posix.close(other);
      assertEquals(0, poller.poll(0, (fd, readyOps) -> {}));
      assertEquals(List.of(eventfd), registered(poller));
      poller.set(reused, Interest.READ);
      assertEquals(1, poller.poll(0, (fd, readyOps) -> assertEquals(reused, fd)));
    }
    Posix.close(spare, reused);
  }

  @Test
  void aDescriptorThatThereIsNoRoomForIsNotWatched() throws IOException {
    Map<String, Integer> failures = new HashMap<>();
    int fd = Posix.eventfd(1);
    try (EpollPoller poller = new EpollPoller(arena -> new Failing(arena, failures))) {
      failures.put("epoll_ctl 1 " + fd, ENOSPC);
      assertEquals(
          "epoll_ctl(ADD, fd " + fd + "): ENOSPC",
          assertThrows(ErrnoException.class, () -> poller.set(fd, Interest.READ)).getMessage());
      failures.clear();
      assertEquals(0, poller.poll(0, (ready, readyOps) -> {}));
      poller.set(fd, Interest.READ);
      assertEquals(1, poller.poll(0, (ready, readyOps) -> {}));
    }
    Posix.close(fd);
  }

  @ParameterizedTest
  @ValueSource(strings = {"epoll_create1", "eventfd"})
  void aPollerThatCannotBeMadeLeavesNothingOpen(String call) {
    Map<String, Integer> failures = Map.of(call, ENOSPC);
    assertThrows(
        ErrnoException.class, () -> new EpollPoller(arena -> new Failing(arena, failures)));
  }

  private static List<Integer> sorted(Integer... numbers) {
    return Stream.of(numbers).sorted().toList();
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
