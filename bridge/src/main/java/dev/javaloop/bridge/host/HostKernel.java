package dev.javaloop.bridge.host;

import dev.javaloop.loop.ErrnoException;
import dev.javaloop.loop.Linux;
import org.graalvm.polyglot.HostAccess.Export;
import org.graalvm.polyglot.Value;

/// The system calls that Python's `os`, `socket` and `fcntl` lack on this engine. Each returns what
/// the kernel does, or the negated error number. For any thread.
public final class HostKernel {
  HostKernel() {}

  @Export
  public int pidfdOpen(int pid, int flags) {
    try {
      return Linux.openProcess(pid, flags);
    } catch (ErrnoException e) {
      return -e.errno();
    }
  }

  /// Opens two sockets that are connected.
  ///
  /// @return both descriptors, the first in the upper half
  @Export
  public long socketpair(int family, int type, int protocol) {
    try {
      int[] both = Linux.socketpair(family, type, protocol);
      return (long) both[0] << 32 | both[1];
    } catch (ErrnoException e) {
      return -e.errno();
    }
  }

  @Export
  public int fcntl(int fd, int command, long argument) {
    try {
      return Linux.fcntl(fd, command, argument);
    } catch (ErrnoException e) {
      return -e.errno();
    }
  }

  /// Sends the next part of a file.
  ///
  /// @param offset a number, or None for the file's position
  @Export
  public long sendfile(int out, int in, Value offset, long count) {
    try {
      return offset.isNull()
          ? Linux.sendfile(out, in, count)
          : Linux.sendfile(out, in, offset.asLong(), count);
    } catch (ErrnoException e) {
      return -e.errno();
    }
  }
}
