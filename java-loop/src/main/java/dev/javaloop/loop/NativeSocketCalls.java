package dev.javaloop.loop;

import java.lang.foreign.Arena;

/// Moves bytes between stream sockets and memory outside of Java's heap.
///
/// As with [SocketCalls], no call blocks, whatever the socket's mode, and each returns how many
/// bytes it moved or the negated error number. Callers see to it that one thread at a time is in
/// it. A wrong address ends the process.
public final class NativeSocketCalls {
  private final Syscalls calls = new Syscalls(Arena.ofAuto(), false);

  /// Makes one; it has nothing to close.
  public NativeSocketCalls() {}

  /// Whether a result says that there is nothing to receive or no room to send yet.
  public static boolean isLater(long result) {
    return result == -Errno.EAGAIN || result == -Errno.EINTR;
  }

  /// Receives what is there.
  ///
  /// @param length the most to receive, in bytes; at least 1
  /// @return 0 at the end of the stream
  public long receive(int fd, long address, long length) {
    return calls.recv(fd, address, length);
  }

  /// Sends as much as there is room for; a broken connection is EPIPE, never a signal.
  public long send(int fd, long address, long length) {
    return calls.send(fd, address, length);
  }
}
