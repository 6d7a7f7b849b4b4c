package dev.javaloop.loop;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Moves bytes between stream sockets and arrays, without a copy between them.
///
/// They never block, whatever the socket's mode, because they hold up the JVM's safepoints. Results
/// are numbers, not exceptions, because "no room" and "nothing there" are every pass's news: each
/// call returns how many bytes it moved or the negated error number. One thread at a time receives;
/// any thread may send.
public final class SocketCalls {
  private final Syscalls calls = new Syscalls(Arena.ofAuto(), false);
  private final Syscalls sendCalls = new Syscalls(Arena.ofAuto(), false); // Under this lock.

  /// Makes one for one thread that receives.
  public SocketCalls() {}

  /// Receives what is there.
  ///
  /// @param length the most to receive, from the start of `into`; at least 1
  /// @return 0 at the end of the stream
  public int receive(int fd, byte[] into, int length) {
    return calls.recv(fd, MemorySegment.ofArray(into).asSlice(0, length));
  }

  /// Sends as much as there is room for; a broken connection is EPIPE, never a signal.
  public int send(int fd, byte[] from, int offset, int length) {
    return send(fd, MemorySegment.ofArray(from).asSlice(offset, length));
  }

  synchronized int send(int fd, MemorySegment from) {
    return sendCalls.send(fd, from);
  }
}
