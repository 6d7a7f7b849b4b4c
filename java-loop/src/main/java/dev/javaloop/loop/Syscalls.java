package dev.javaloop.loop;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The system calls of the poller, of [SocketCalls] and of [Linux]. Each returns what C does, or
/// the negated error number.
///
/// An instance owns the memory into which the linker stores `errno`, so it belongs to one thread at
/// a time. Tests derive from it to have calls fail.
///
/// A call that may block is never `critical`: a critical call holds up the JVM's safepoints, and
/// with them every other thread. Those that cannot block are, which saves the thread's state
/// changes.
class Syscalls {
  static final int EPOLL_CTL_ADD = 1;
  static final int EPOLL_CTL_DEL = 2;
  static final int EPOLL_CTL_MOD = 3;

  private static final int EPOLL_CLOEXEC = 0x80000;
  private static final int EFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int MSG_NOSIGNAL = 0x4000;

  /// Whoever shares a socket's file description can set it blocking at any time.
  private static final int MSG_DONTWAIT = 0x40;

  private static final long SYS_PIDFD_OPEN = 434; // the same for every processor
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final Linker.Option CRITICAL = Linker.Option.critical(false);

  /// The one shape of the poller's calls, since linking a shape takes milliseconds at each start. A
  /// function of fewer arguments does not look at the registers of the others, and one that gives
  /// an `int` leaves the rest of the result's register as it was: that is so in the calling
  /// conventions of both supported processors.
  private static final FunctionDescriptor WORDS =
      FunctionDescriptor.of(
          JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private static final MethodHandle EPOLL_CREATE1 = words("epoll_create1");
  private static final MethodHandle EVENTFD = words("eventfd");
  private static final MethodHandle DUP3 = words("dup3");
  private static final MethodHandle CLOSE = words("close");
  private static final MethodHandle EPOLL_CTL = words("epoll_ctl", CRITICAL);
  private static final MethodHandle EPOLL_NOW = words("epoll_wait", CRITICAL);
  private static final MethodHandle EPOLL_WAIT = words("epoll_wait");
  private static final @Nullable MethodHandle EPOLL_PWAIT2 =
      find("epoll_pwait2", WORDS, ERRNO).orElse(null);
  private static final MethodHandle READ = words("read", CRITICAL);
  private static final MethodHandle WRITE = words("write", CRITICAL);

  // Linking a call takes its time at a start: those that the poller does without wait for their
  // first use.

  private static final class Sockets {
    /// Critical with arrays of the heap: without a copy, and only with MSG_DONTWAIT.
    static final Linker.Option CRITICAL_HEAP = Linker.Option.critical(true);

    static final FunctionDescriptor BYTES =
        FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    static final MethodHandle RECV = find("recv", BYTES, ERRNO, CRITICAL_HEAP).orElseThrow();
    static final MethodHandle SEND = find("send", BYTES, ERRNO, CRITICAL_HEAP).orElseThrow();
  }

  /// The same with memory by its address.
  private static final class NativeSockets {
    static final MethodHandle RECV = words("recv", CRITICAL);
    static final MethodHandle SEND = words("send", CRITICAL);
  }

  private static final class Services {
    static final MethodHandle SENDFILE =
        call("sendfile", JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG);

    static final MethodHandle FCNTL = variadic("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);

    /// By its number: the C library has had pidfd_open since 2.36 only.
    static final MethodHandle PIDFD_OPEN =
        variadic("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT);

    static final MethodHandle PTHREAD_KILL = call("pthread_kill", JAVA_INT, JAVA_LONG, JAVA_INT);
    static final MethodHandle SOCKETPAIR =
        call("socketpair", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    static final MethodHandle SIGNAL = call("signal", JAVA_LONG, JAVA_INT, JAVA_LONG);
  }

  /// Whether the kernel has epoll_pwait2 (Linux 5.11); the C library having it does not say so.
  private boolean nanosecondWaits;

  private final MemorySegment errno;
  private final MemorySegment timespec;

  /// @param arena how long the memory lives
  /// @param nanosecondWaits whether to try epoll_pwait2
  Syscalls(Arena arena, boolean nanosecondWaits) {
    this.nanosecondWaits = nanosecondWaits;
    errno = arena.allocate(Linker.Option.captureStateLayout());
    timespec = arena.allocate(2 * JAVA_LONG.byteSize(), JAVA_LONG.byteAlignment());
  }

  int epollCreate() {
    try {
      return result(
          (int) (long) EPOLL_CREATE1.invokeExact(errno, (long) EPOLL_CLOEXEC, 0L, 0L, 0L, 0L, 0L));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  int eventfd() {
    try {
      return result(
          (int) (long) EVENTFD.invokeExact(errno, 0L, (long) EFD_CLOEXEC_NONBLOCK, 0L, 0L, 0L, 0L));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// Makes `target` mean what `fd` means, in one step.
  int replace(int fd, int target) {
    try {
      return result(
          (int)
              (long)
                  DUP3.invokeExact(errno, (long) fd, (long) target, (long) O_CLOEXEC, 0L, 0L, 0L));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  int close(int fd) {
    try {
      return result((int) (long) CLOSE.invokeExact(errno, (long) fd, 0L, 0L, 0L, 0L, 0L));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  int epollCtl(int epoll, int operation, int fd, MemorySegment event) {
    try {
      return result(
          (int)
              (long)
                  EPOLL_CTL.invokeExact(
                      errno, (long) epoll, (long) operation, (long) fd, event.address(), 0L, 0L));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// What is ready now.
  int epollNow(int epoll, MemorySegment events, int capacity) {
    try {
      return result(
          (int)
              (long)
                  EPOLL_NOW.invokeExact(
                      errno, (long) epoll, events.address(), (long) capacity, 0L, 0L, 0L));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// Waits; never shorter than asked for, unless something happens.
  int epollWait(int epoll, MemorySegment events, int capacity, long timeoutNanos) {
    MethodHandle pwait2 = EPOLL_PWAIT2;
    try {
      if (pwait2 != null && nanosecondWaits) {
        MemorySegment limit = MemorySegment.NULL;
        if (timeoutNanos != Long.MAX_VALUE) {
          timespec.setAtIndex(JAVA_LONG, 0, timeoutNanos / NANOS_PER_SECOND);
          timespec.setAtIndex(JAVA_LONG, 1, timeoutNanos % NANOS_PER_SECOND);
          limit = timespec;
        }
        int count =
            result(
                (int)
                    (long)
                        pwait2.invokeExact(
                            errno,
                            (long) epoll,
                            events.address(),
                            (long) capacity,
                            limit.address(),
                            0L,
                            0L));
        if (count != -Errno.ENOSYS) {
          return count;
        }
        nanosecondWaits = false;
      }
      return result(
          (int)
              (long)
                  EPOLL_WAIT.invokeExact(
                      errno,
                      (long) epoll,
                      events.address(),
                      (long) capacity,
                      (long) millis(timeoutNanos),
                      0L,
                      0L));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// Rounded up, or the loop would turn without rest in the last millisecond; what does not fit
  /// waits in parts.
  static int millis(long timeoutNanos) {
    if (timeoutNanos == Long.MAX_VALUE) {
      return -1;
    }
    long millis = timeoutNanos / NANOS_PER_MILLI + (timeoutNanos % NANOS_PER_MILLI == 0 ? 0 : 1);
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }

  long read(int fd, MemorySegment into) {
    try {
      return result(
          (long) READ.invokeExact(errno, (long) fd, into.address(), into.byteSize(), 0L, 0L, 0L));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  long write(int fd, MemorySegment from) {
    try {
      return result(
          (long) WRITE.invokeExact(errno, (long) fd, from.address(), from.byteSize(), 0L, 0L, 0L));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// @param into memory of the heap or native
  int recv(int fd, MemorySegment into) {
    try {
      return (int)
          result((long) Sockets.RECV.invokeExact(errno, fd, into, into.byteSize(), MSG_DONTWAIT));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// @param from memory of the heap or native
  int send(int fd, MemorySegment from) {
    try {
      return (int)
          result(
              (long)
                  Sockets.SEND.invokeExact(
                      errno, fd, from, from.byteSize(), MSG_NOSIGNAL | MSG_DONTWAIT));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  long recv(int fd, long address, long length) {
    try {
      return result(
          (long)
              NativeSockets.RECV.invokeExact(
                  errno, (long) fd, address, length, (long) MSG_DONTWAIT, 0L, 0L));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  long send(int fd, long address, long length) {
    try {
      return result(
          (long)
              NativeSockets.SEND.invokeExact(
                  errno, (long) fd, address, length, (long) (MSG_NOSIGNAL | MSG_DONTWAIT), 0L, 0L));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// @param offset where to read, and updated; or NULL for the position of `in`
  long sendfile(int out, int in, MemorySegment offset, long count) {
    try {
      return result((long) Services.SENDFILE.invokeExact(errno, out, in, offset, count));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// @param both room for two descriptors
  int socketpair(int family, int type, int protocol, MemorySegment both) {
    try {
      return result((int) Services.SOCKETPAIR.invokeExact(errno, family, type, protocol, both));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  int pidfdOpen(int pid, int flags) {
    try {
      return (int)
          result((long) Services.PIDFD_OPEN.invokeExact(errno, SYS_PIDFD_OPEN, pid, flags));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  int fcntl(int fd, int command, long argument) {
    try {
      return result((int) Services.FCNTL.invokeExact(errno, fd, command, argument));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// Returns the error itself, as the functions of threads do.
  int pthreadKill(long thread, int signal) {
    try {
      return -(int) Services.PTHREAD_KILL.invokeExact(errno, thread, signal);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// Says what a signal does, and gives what it did.
  ///
  /// @param action the address of a handler, or SIG_DFL, which is 0, or SIG_IGN, which is 1
  long signal(int signal, long action) {
    try {
      return result((long) Services.SIGNAL.invokeExact(errno, signal, action));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private int result(int returned) {
    return returned < 0 ? -errno.get(JAVA_INT, 0) : returned;
  }

  private long result(long returned) {
    return returned < 0 ? -errno.get(JAVA_INT, 0) : returned;
  }

  private static MethodHandle call(String name, MemoryLayout result, MemoryLayout... arguments) {
    return find(name, FunctionDescriptor.of(result, arguments), ERRNO).orElseThrow();
  }

  private static MethodHandle words(String name, Linker.Option... more) {
    Linker.Option[] options = Arrays.copyOf(more, more.length + 1);
    options[more.length] = ERRNO;
    return find(name, WORDS, options).orElseThrow();
  }

  /// @param named how many arguments C declares
  private static MethodHandle variadic(
      String name, int named, MemoryLayout result, MemoryLayout... arguments) {
    FunctionDescriptor descriptor = FunctionDescriptor.of(result, arguments);
    return find(name, descriptor, ERRNO, Linker.Option.firstVariadicArg(named)).orElseThrow();
  }

  // Restricted because a wrong descriptor can crash the JVM: those above are the C library's
  // declarations.
  @SuppressWarnings("restricted")
  private static Optional<MethodHandle> find(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find(name)
        .map(address -> linker.downcallHandle(address, descriptor, options));
  }

  /// A downcall throws nothing of its own; what arrives here is the JVM's trouble, or a wrong call
  /// of ours.
  private static RuntimeException unexpected(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException e ? e : new IllegalStateException(thrown);
  }
}
