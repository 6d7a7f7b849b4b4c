package dev.javaloop.loop;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What the kernel does with descriptors and the JDK does not offer. For any thread.
public final class Linux {
  private static final int SOCK_CLOEXEC = 0x80000;

  private Linux() {}

  /// Opens a descriptor that is readable once a process has ended; who opened it closes it. It is
  /// close-on-exec.
  ///
  /// @param flags of `pidfd_open`, 0 for none
  /// @throws ErrnoException when there is no such process, no descriptor is left, or the kernel is
  ///   older than 5.3
  public static int openProcess(int pid, int flags) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      int fd = new Syscalls(arena, false).pidfdOpen(pid, flags);
      return (int) checked("pidfd_open(" + pid + ")", fd);
    }
  }

  /// Opens two sockets that are connected to each other; who opened them closes them. They are
  /// close-on-exec.
  ///
  /// @param family as the system numbers them, and so are type and protocol
  /// @throws ErrnoException for what the system has no pairs of, or when no descriptor is left
  public static int[] socketpair(int family, int type, int protocol) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment both = arena.allocate(JAVA_INT, 2);
      int result =
          new Syscalls(arena, false).socketpair(family, type | SOCK_CLOEXEC, protocol, both);
      checked("socketpair", result);
      return both.toArray(JAVA_INT);
    }
  }

  /// `fcntl` with a number as its argument.
  ///
  /// @throws ErrnoException with the error of the system
  public static int fcntl(int fd, int command, long argument) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      int result = new Syscalls(arena, false).fcntl(fd, command, argument);
      return (int) checked("fcntl(fd " + fd + ", " + command + ")", result);
    }
  }

  /// Sends the next part of a file, which moves its position, without copying it through the
  /// process. Waits while there is no room, unless `out` is non-blocking.
  ///
  /// @param count the most to send
  /// @return how much was sent; 0 at the end of the file
  /// @throws ErrnoException also when there is no room (EAGAIN), a signal came first (EINTR), or
  ///   `in` is no file that the kernel can send (EINVAL)
  public static long sendfile(int out, int in, long count) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      return sendfile(arena, out, in, MemorySegment.NULL, count);
    }
  }

  /// As [#sendfile(int, int, long)], from a given offset; the file's position stays.
  public static long sendfile(int out, int in, long offset, long count) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      return sendfile(arena, out, in, arena.allocateFrom(JAVA_LONG, offset), count);
    }
  }

  private static long sendfile(Arena arena, int out, int in, MemorySegment offset, long count)
      throws ErrnoException {
    long sent = new Syscalls(arena, false).sendfile(out, in, offset, count);
    return checked("sendfile(fd " + out + ", fd " + in + ")", sent);
  }

  /// Sends a signal to a thread of this process.
  ///
  /// @param thread its `pthread_t`, of a thread that has not ended
  /// @throws ErrnoException for a number that is no signal
  public static void signalThread(long thread, int signal) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      checked("pthread_kill", new Syscalls(arena, false).pthreadKill(thread, signal));
    }
  }

  /// Gives a signal the system's default action, behind the JVM's back: it takes no signal that is
  /// ignored, so that nobody could take it up again.
  ///
  /// @throws ErrnoException for a number that is no signal, and for those that have no other action
  public static void restoreSignal(int signal) throws ErrnoException {
    try (Arena arena = Arena.ofConfined()) {
      checked("signal(" + signal + ")", new Syscalls(arena, false).signal(signal, 0));
    }
  }

  private static long checked(String call, long result) throws ErrnoException {
    if (result < 0) {
      throw new ErrnoException(call, (int) -result);
    }
    return result;
  }
}
