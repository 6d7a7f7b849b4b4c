package dev.javaloop.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Real descriptors on real epoll. */
@ExtendWith(NoLeaks.class)
@Tag("class-path")
final class DescriptorsTest {
  private static final int BOTH = Interest.READ | Interest.WRITE;

  private EventLoop loop;
  private final List<Integer> seen = new ArrayList<>();

  private final ReadyHandler note = (fd, readyOps) -> seen.add(readyOps);

  @BeforeEach
  void open() {
    loop = EventLoop.open();
  }

  @AfterEach
  void close() {
    loop.close();
  }

  private int poll() {
    seen.clear();
    return loop.runOnce(Long.MIN_VALUE);
  }

  @Test
  void readinessIsLevelTriggered() throws IOException {
    int[] pipe = Posix.pipe();
    loop.watch(pipe[0], Interest.READ, note);
    assertEquals(0, poll());
    Posix.write(pipe[1], "x");
    assertEquals(1, poll());
    assertEquals(1, poll(), "still there");
    Posix.read(pipe[0]);
    assertEquals(0, poll());
    assertTrue(loop.unwatch(pipe[0]));
    assertFalse(loop.unwatch(pipe[0]));
    Posix.write(pipe[1], "x");
    assertEquals(0, poll());
    Posix.close(pipe);
  }

  @Test
  void aWaitEndsWithADescriptor() throws IOException {
    int[] pipe = Posix.pipe();
    loop.watch(pipe[0], Interest.READ, note);
    loop.schedule(0, id -> Posix.write(pipe[1], "x"));
    assertEquals(1, poll());
    assertEquals(1, loop.runOnce(EventLoop.NO_DEADLINE));
    Posix.close(pipe);
  }

  @Test
  void readingAndWritingShareADescriptor() throws IOException {
    int[] pair = Posix.socketpair();
    loop.watch(pair[0], BOTH, note);
    poll();
    assertEquals(List.of(Interest.WRITE), seen);
    Posix.write(pair[1], "x");
    poll();
    assertEquals(List.of(BOTH), seen, "one call for both");
    loop.watch(pair[0], Interest.READ, note);
    poll();
    assertEquals(List.of(Interest.READ), seen);
    loop.watch(pair[0], Interest.WRITE, note);
    poll();
    assertEquals(List.of(Interest.WRITE), seen);
    loop.watch(pair[0], 0, note);
    assertEquals(0, poll());
    Posix.close(pair);
  }

  @Test
  void hangupIsBothButOnlyWhatIsWatched() throws IOException {
    int[] pair = Posix.socketpair();
    Posix.close(pair[1]);
    loop.watch(pair[0], BOTH, note);
    poll();
    assertEquals(List.of(BOTH), seen);
    loop.watch(pair[0], Interest.READ, note);
    poll();
    assertEquals(List.of(Interest.READ), seen);
    Posix.close(pair[0]);
  }

  @Test
  void aPipeWithoutReaderIsReadyToWriteAndFail() throws IOException {
    int[] pipe = Posix.pipe();
    Posix.close(pipe[0]);
    loop.watch(pipe[1], Interest.WRITE, note);
    poll();
    assertEquals(List.of(Interest.WRITE), seen);
    Posix.close(pipe[1]);
  }

  @Test
  void aHandlerRemovedInTheSamePassIsNotCalled() throws IOException {
    int[] fds = {Posix.eventfd(1), Posix.eventfd(1)};
    Set<Integer> called = new TreeSet<>();
    for (int i = 0; i < 2; i++) {
      int other = fds[1 - i];
      loop.watch(
          fds[i],
          Interest.READ,
          (fd, readyOps) -> {
            called.add(fd);
            loop.unwatch(other);
          });
    }
    assertEquals(1, poll());
    assertEquals(1, called.size());
    Posix.close(fds);
  }

  @Test
  void aNumberReusedInTheSamePassDoesNotInheritTheEvent() throws IOException {
    int[] fds = {Posix.eventfd(1), Posix.eventfd(1)};
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      int other = fds[1 - i];
      loop.watch(
          fds[i],
          Interest.READ,
          (fd, readyOps) -> {
            loop.unwatch(other);
            int fresh = Posix.eventfd(0);
            Posix.dup2(fresh, other); // Closes the other, whose event is in the same batch.
            Posix.close(fresh);
            watch(other, (again, ops) -> wrong.add("event of the old file for " + again));
          });
    }
    assertEquals(1, poll());
    assertEquals(List.of(), wrong);
    Posix.close(fds);
  }

  private void watch(int fd, ReadyHandler handler) {
    try {
      loop.watch(fd, Interest.READ, handler);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aRegularFileCannotBeWatched() {
    int file = Posix.open("/proc/self/exe");
    ErrnoException e =
        assertThrows(ErrnoException.class, () -> loop.watch(file, Interest.READ, note));
    assertEquals(Errno.EPERM, e.errno());
    assertEquals(
        "epoll_ctl(ADD, fd "
            + file
            + "): EPERM (regular files and directories are always ready and cannot be watched)",
        e.getMessage());
    assertFalse(loop.unwatch(file));
    Posix.close(file);
  }

  @Test
  void badNumbers() {
    for (int fd : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 999_999}) {
      ErrnoException e =
          assertThrows(ErrnoException.class, () -> loop.watch(fd, Interest.READ, note));
      assertEquals("epoll_ctl(ADD, fd " + fd + "): EBADF (not an open descriptor)", e.getMessage());
      assertFalse(loop.unwatch(fd));
    }
    assertThrows(IllegalArgumentException.class, () -> loop.watch(0, 4, note));
  }

  @Test
  void closedBehindTheLoopsBack() throws IOException {
    int fd = Posix.eventfd(1);
    loop.watch(fd, Interest.READ, note);
    Posix.close(fd);
    assertEquals(0, poll(), "the kernel forgets it");
    ErrnoException e = assertThrows(ErrnoException.class, () -> loop.watch(fd, BOTH, note));
    assertEquals(Errno.EBADF, e.errno());
    assertFalse(loop.unwatch(fd), "a watch that failed left nothing");

    int again = Posix.eventfd(1);
    loop.watch(again, Interest.READ, note);
    Posix.close(again);
    assertTrue(loop.unwatch(again), "no exception");
  }

  @Test
  void aReusedNumberIsWatchedAnew() throws IOException {
    int fd = Posix.eventfd(0);
    loop.watch(fd, Interest.READ, note);
    int other = Posix.eventfd(1);
    Posix.dup2(other, fd);
    Posix.close(other);
    loop.watch(fd, Interest.READ, note); // MOD finds nothing.
    assertEquals(1, poll());
    Posix.close(fd);
  }

  @Test
  void theSameFileUnderTheSameNumberAgain() throws IOException {
    int fd = Posix.eventfd(1);
    int spare = Posix.dup(fd);
    loop.watch(fd, Interest.READ, note);
    Posix.close(fd);
    loop.unwatch(fd); // In vain: the file lives on in the spare.
    Posix.dup2(spare, fd);
    loop.watch(fd, Interest.READ, note); // ADD finds it there.
    assertEquals(1, poll());
    Posix.close(fd, spare);
  }

  @Test
  void aClosedDescriptorWithALivingDuplicateDoesNotKeepTheLoopAwake() throws IOException {
    int fd = Posix.eventfd(1);
    int spare = Posix.dup(fd);
    int other = Posix.eventfd(1);
    loop.watch(fd, Interest.READ, note);
    Posix.close(fd);
    loop.unwatch(fd);
    poll();
    // The kernel has no way to name it any more; were it still there, the wait would end before the
    // timer.
    boolean[] done = new boolean[1];
    loop.schedule(loop.nanoTime() + 1_000_000, id -> done[0] = true);
    int passes = 0;
    while (!done[0]) {
      loop.runOnce(EventLoop.NO_DEADLINE);
      passes++;
    }
    assertEquals(1, passes);
    loop.watch(other, Interest.READ, note);
    loop.post(() -> {});
    assertEquals(2, poll(), "the new set has the others and is woken");
    Posix.close(spare, other);
  }

  @Test
  void manyDescriptors() throws IOException {
    int[] fds = new int[1500];
    Set<Integer> called = new TreeSet<>();
    for (int i = 0; i < fds.length; i++) {
      fds[i] = Posix.eventfd(1);
      loop.watch(
          fds[i],
          Interest.READ,
          (fd, readyOps) -> {
            called.add(fd);
            loop.unwatch(fd);
          });
    }
    while (called.size() < fds.length) {
      assertTrue(poll() > 0);
    }
    Posix.close(fds);
  }

  @Test
  void otherSystemsAreToldInOneLine() {
    String system = System.setProperty("os.name", "Plan 9");
    try {
      assertEquals(
          "javaloop polls with epoll and needs Linux; this is Plan 9: give the loop a Poller of its"
              + " own",
          assertThrows(UnsupportedOperationException.class, EventLoop::open).getMessage());
    } finally {
      System.setProperty("os.name", system);
    }
  }
}
