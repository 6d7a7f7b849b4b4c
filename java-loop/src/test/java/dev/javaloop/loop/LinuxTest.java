package dev.javaloop.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's services for descriptors. */
@ExtendWith(NoLeaks.class)
@Tag("class-path")
final class LinuxTest {
  private static final int EAGAIN = 11;
  private static final int EINVAL = 22;
  private static final int EOPNOTSUPP = 95;
  private static final int F_GETFD = 1;
  private static final int F_SETFD = 2;

  @TempDir Path folder;

  @Test
  void aProcessIsReadableWhenItHasEnded() throws IOException, InterruptedException {
    Process child = new ProcessBuilder("cat").start();
    int pidfd = Linux.openProcess((int) child.pid(), 0);
    List<Integer> ready = new ArrayList<>();
    try (EventLoop loop = EventLoop.open()) {
      loop.watch(pidfd, Interest.READ, (fd, readyOps) -> ready.add(fd));
      loop.runOnce(Long.MIN_VALUE);
      assertEquals(List.of(), ready);
      child.getOutputStream().close();
      loop.runOnce(EventLoop.NO_DEADLINE);
      assertEquals(List.of(pidfd), ready);
    } finally {
      Posix.close(pidfd);
      child.destroy();
      child.waitFor();
    }
  }

  @Test
  void aPairOfSocketsIsConnectedAndNotInherited() throws IOException {
    int[] both = Linux.socketpair(1, 2, 0); // AF_UNIX, SOCK_DGRAM
    try {
      assertEquals(1, Linux.fcntl(both[0], F_GETFD, 0));
      assertEquals(1, Linux.fcntl(both[1], F_GETFD, 0));
      List<Integer> ready = new ArrayList<>();
      try (EventLoop loop = EventLoop.open()) {
        loop.watch(both[0], Interest.READ, (fd, readyOps) -> ready.add(fd));
        Posix.write(both[1], "one");
        loop.runOnce(EventLoop.NO_DEADLINE);
      }
      assertEquals(List.of(both[0]), ready);
    } finally {
      Posix.close(both);
    }
  }

  @Test
  void thereAreNoPairsOfSomeFamilies() {
    ErrnoException refused =
        assertThrows(ErrnoException.class, () -> Linux.socketpair(2, 1, 0)); // AF_INET
    assertEquals(EOPNOTSUPP, refused.errno());
  }

  @Test
  void thereIsNoSuchProcess() {
    ErrnoException refused = assertThrows(ErrnoException.class, () -> Linux.openProcess(0, 0));
    assertEquals("pidfd_open(0): EINVAL", refused.getMessage());
  }

  @Test
  void aThreadGetsSignals() throws ErrnoException {
    long self = Posix.pthreadSelf();
    Linux.signalThread(self, 0);
    ErrnoException refused =
        assertThrows(ErrnoException.class, () -> Linux.signalThread(self, 1000));
    assertEquals("pthread_kill: EINVAL", refused.getMessage());
  }

  @Test
  void aFileIsSentFromItsPositionOrFromAnOffset() throws IOException {
    int file = Posix.open(Files.writeString(folder.resolve("file"), "0123456789").toString());
    int[] ends = Posix.socketpair();
    try {
      assertEquals(4, Linux.sendfile(ends[0], file, 4));
      assertEquals(3, Linux.sendfile(ends[0], file, 7, 100));
      assertEquals(6, Linux.sendfile(ends[0], file, 100), "the offset left the position");
      assertEquals(0, Linux.sendfile(ends[0], file, 100));
      assertEquals(4 + 3 + 6, Posix.read(ends[1]));
    } finally {
      Posix.close(file, ends[0], ends[1]);
    }
  }

  @Test
  void whatCannotBeSentIsAnError() throws IOException {
    Path big = folder.resolve("big");
    Files.write(big, new byte[1 << 20]);
    int file = Posix.open(big.toString());
    int[] ends = Posix.socketpair();
    try {
      long sent = Linux.sendfile(ends[0], file, 1 << 20);
      assertTrue(sent > 0 && sent < 1 << 20, "all that there is room for");
      assertErrno(EAGAIN, () -> Linux.sendfile(ends[0], file, 1));
      assertErrno(EINVAL, () -> Linux.sendfile(ends[0], file, -1, 1));
      assertErrno(Errno.EBADF, () -> Linux.sendfile(ends[0], 1 << 20, 1));
    } finally {
      Posix.close(file, ends[0], ends[1]);
    }
  }

  @Test
  void flagsOfDescriptors() throws IOException {
    int[] ends = Posix.pipe();
    try {
      assertEquals(1, Linux.fcntl(ends[0], F_GETFD, 0), "close-on-exec");
      assertEquals(0, Linux.fcntl(ends[0], F_SETFD, 0));
      assertEquals(0, Linux.fcntl(ends[0], F_GETFD, 0));
      assertErrno(EINVAL, () -> Linux.fcntl(ends[0], -1, 0));
    } finally {
      Posix.close(ends);
    }
  }

  private static void assertErrno(int errno, org.junit.jupiter.api.function.Executable call) {
    assertEquals(errno, assertThrows(ErrnoException.class, call).errno());
  }
}
