package dev.javaloop.loop;

import java.io.IOException;
import java.io.Serial;

/// A system call failed. The message names the call, the descriptor and the error.
public final class ErrnoException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /// The error number.
  private final int errno;

  /// @param call the call and its arguments, as in `epoll_ctl(ADD, fd 7)`
  /// @param errno the error number
  public ErrnoException(String call, int errno) {
    this(call, errno, "");
  }

  ErrnoException(String call, int errno, String explanation) {
    super(call + ": " + Errno.name(errno) + explanation);
    this.errno = errno;
  }

  /// The error number, as Python's `OSError.errno`.
  public int errno() {
    return errno;
  }
}
