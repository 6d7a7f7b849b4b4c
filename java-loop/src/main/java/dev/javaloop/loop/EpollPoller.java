package dev.javaloop.loop;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Function;
import java.util.function.IntSupplier;

/// The poller of Linux: epoll, woken by an eventfd, through the foreign function interface.
///
/// Programs close descriptors that are watched, and numbers come back. epoll knows files, not
/// numbers, so each registration has a generation that travels through the kernel with the number:
/// an event of a registration that is over is told from one of its successor and dropped.
///
/// Registrations change under a lock, in any thread. The thread that polls reads them without it:
/// an event of a registration that another thread is about to make is dropped, and comes again with
/// the next poll, because readiness is level triggered.
public final class EpollPoller implements Poller {
  private static final int EPOLLIN = 1;
  private static final int EPOLLOUT = 4;

  private static final int CAPACITY = 1024;

  /// The loops of this process that may spin at a time.
  private static final Semaphore SPINNERS =
      new Semaphore(Runtime.getRuntime().availableProcessors() / 2);

  private static final long WAKE = -1;

  /// `struct epoll_event` is packed on x86-64, and on x86-64 only.
  private static final boolean PACKED = isX86(System.getProperty("os.arch"));

  private static final long EVENT_SIZE = PACKED ? 12 : 16;
  private static final long DATA_OFFSET = PACKED ? 4 : 8;

  // Memory that the collector frees: a wake-up or a helper's wait can be on its way while the
  // poller closes.
  private final Arena arena = Arena.ofAuto();
  private final MemorySegment events = arena.allocate(CAPACITY * EVENT_SIZE, 8);
  private final MemorySegment counter = arena.allocate(JAVA_LONG);
  private final Syscalls calls;
  private final InterruptibleWait interrupts = new InterruptibleWait(this::wakeup);
  private final Spin spin = new Spin(NanoClock.system(), SPINNERS);
  private final IntSupplier look = this::look;

  // A second set for the thread in awaitReady, a third for those that wake, and one for those that
  // register.
  private final MemorySegment helperEvent = arena.allocate(EVENT_SIZE, 8);
  private final Syscalls helperCalls;
  private final Object wakeLock = new Object();
  private final Syscalls wakeCalls;
  private final MemorySegment one = arena.allocate(JAVA_LONG);

  private final int epoll;
  private final int eventfd;
  private volatile boolean closed; // Written under both locks.

  // What the last collect found.
  private int collected;
  private boolean waited;

  /// Guards everything below, except that the thread that polls reads [#registrations].
  private final Object registerLock = new Object();

  private final Syscalls registerCalls;
  private final MemorySegment event = arena.allocate(EVENT_SIZE, 8);

  /// By descriptor: generation and interest, as [#put(int, int, int)] packs them; an interest of 0
  /// means not registered. Replaced by a longer array when a number does not fit.
  private volatile AtomicLongArray registrations = new AtomicLongArray(64);

  /// Whether the kernel may still hold registrations that we cannot take back; see [#rebuild()].
  private boolean orphans;

  /// @param nanosecondWaits whether to wait by the nanosecond where the kernel can
  EpollPoller(boolean nanosecondWaits) throws IOException {
    this(arena -> new Syscalls(arena, nanosecondWaits));
  }

  /// @param newCalls makes the system calls for one thread at a time
  EpollPoller(Function<Arena, Syscalls> newCalls) throws IOException {
    calls = newCalls.apply(arena);
    helperCalls = newCalls.apply(arena);
    wakeCalls = newCalls.apply(arena);
    registerCalls = newCalls.apply(arena);
    one.set(JAVA_LONG, 0, 1);
    epoll = checked("epoll_create1", calls.epollCreate());
    int fd = -1;
    try {
      fd = checked("eventfd", calls.eventfd());
      checked("epoll_ctl(ADD, eventfd)", control(epoll, Syscalls.EPOLL_CTL_ADD, fd, EPOLLIN, WAKE));
    } catch (IOException e) {
      if (fd >= 0) {
        calls.close(fd);
      }
      calls.close(epoll);
      throw e;
    }
    eventfd = fd;
  }

  /// Opens one; both its descriptors are close-on-exec.
  ///
  /// @throws IOException when the process or the system has no descriptors left
  /// @throws UnsupportedOperationException when this is not Linux
  public static EpollPoller open() throws IOException {
    String system = System.getProperty("os.name");
    if (!system.equals("Linux")) {
      throw new UnsupportedOperationException(
          "javaloop polls with epoll and needs Linux; this is "
              + system
              + ": give the loop a Poller of its own");
    }
    return new EpollPoller(true);
  }

  @Override
  public int poll(long timeoutNanos, ReadyHandler sink) {
    collect(timeoutNanos);
    return report(sink);
  }

  /// The first half of [#poll(long, ReadyHandler)]: waits, and keeps what it finds: for a guest
  /// whose lock is released for the wait and no longer.
  ///
  /// @param timeoutNanos as for `poll`
  public void collect(long timeoutNanos) {
    waited = timeoutNanos > 0;
    if (!waited) {
      collected = look();
      return;
    }
    int count = spin.spin(timeoutNanos, look);
    if (count == 0) {
      long began = System.nanoTime();
      count = sleep(timeoutNanos);
      spin.slept(System.nanoTime() - began);
    }
    collected = count;
  }

  /// The second half of [#poll(long, ReadyHandler)]: reports what the last [#collect(long)] found.
  ///
  /// @return how many reports there were
  public int report(ReadyHandler sink) {
    int reports = report(collected, sink);
    collected = 0;
    if (waited && reports == 0) {
      // A timer, or a thread of this process, which goes on with what both may want.
      spin.inVain();
    }
    return reports;
  }

  private int look() {
    return countOrThrow(calls.epollNow(epoll, events, CAPACITY));
  }

  private int sleep(long timeoutNanos) {
    interrupts.before();
    try {
      return countOrThrow(calls.epollWait(epoll, events, CAPACITY, timeoutNanos));
    } finally {
      interrupts.after();
    }
  }

  private int report(int count, ReadyHandler sink) {
    int reports = 0;
    boolean stale = false;
    for (int i = 0; i < count; i++) {
      long data = events.get(JAVA_LONG_UNALIGNED, i * EVENT_SIZE + DATA_OFFSET);
      if (data == WAKE) {
        calls.read(eventfd, counter);
        continue;
      }
      int fd = (int) data;
      long registration = registration(fd);
      if (interest(registration) == 0 || generation(registration) != (int) (data >>> 32)) {
        stale = true;
        continue;
      }
      int mask = events.get(JAVA_INT_UNALIGNED, i * EVENT_SIZE);
      int readyOps = readyOps(mask) & interest(registration);
      if (readyOps != 0) {
        reports++;
        sink.ready(fd, readyOps);
      }
    }
    if (stale) {
      rebuild();
    }
    return reports;
  }

  /// As asyncio's selectors see it: whatever is not plainly the one is also the other, so that an
  /// error or a hang-up reaches who waits for either.
  private static int readyOps(int mask) {
    return ((mask & ~EPOLLOUT) != 0 ? Interest.READ : 0)
        | ((mask & ~EPOLLIN) != 0 ? Interest.WRITE : 0);
  }

  @Override
  public void awaitReady(long timeoutNanos) {
    if (timeoutNanos <= 0) {
      return;
    }
    interrupts.before();
    try {
      countOrThrow(helperCalls.epollWait(epoll, helperEvent, 1, timeoutNanos));
    } finally {
      interrupts.after();
    }
  }

  @Override
  public int descriptor() {
    return epoll;
  }

  @Override
  public void wakeup() {
    // Under the lock that close takes: the number could be somebody else's file by now.
    synchronized (wakeLock) {
      if (!closed) {
        wakeCalls.write(eventfd, one);
      }
    }
  }

  @Override
  public void set(int fd, int interest) throws IOException {
    synchronized (registerLock) {
      boolean known = isRegistered(fd);
      int operation = known ? Syscalls.EPOLL_CTL_MOD : Syscalls.EPOLL_CTL_ADD;
      int result = closed ? -Errno.EBADF : control(epoll, operation, fd, interest);
      if (result == -Errno.ENOENT && known) {
        // Closed behind our back, and the number is another file's.
        forget(fd);
        orphans = true;
        operation = Syscalls.EPOLL_CTL_ADD;
        result = control(epoll, operation, fd, interest);
      } else if (result == -Errno.EEXIST) {
        // Closed behind our back, unwatched in vain, and now the same file under the same number
        // again.
        operation = Syscalls.EPOLL_CTL_MOD;
        result = control(epoll, operation, fd, interest);
      }
      if (result < 0) {
        if (isRegistered(fd)) {
          forget(fd);
          orphans = true;
        }
        String name = operation == Syscalls.EPOLL_CTL_ADD ? "ADD" : "MOD";
        throw new ErrnoException(
            "epoll_ctl(" + name + ", fd " + fd + ")", -result, explanation(-result));
      }
      put(fd, generation(registration(fd)), interest);
    }
  }

  private static String explanation(int errno) {
    return switch (errno) {
      case Errno.EPERM -> " (regular files and directories are always ready and cannot be watched)";
      case Errno.EBADF -> " (not an open descriptor)";
      default -> "";
    };
  }

  @Override
  public void remove(int fd) {
    synchronized (registerLock) {
      if (closed || !isRegistered(fd)) {
        return;
      }
      forget(fd);
      if (registerCalls.epollCtl(epoll, Syscalls.EPOLL_CTL_DEL, fd, event) < 0) {
        orphans = true;
      }
    }
  }

  private boolean isRegistered(int fd) {
    return interest(registration(fd)) != 0;
  }

  private void forget(int fd) {
    put(fd, (generation(registration(fd)) + 1) & Integer.MAX_VALUE, 0);
  }

  private long registration(int fd) {
    AtomicLongArray all = registrations;
    return fd >= 0 && fd < all.length() ? all.get(fd) : 0;
  }

  private static int interest(long registration) {
    return (int) registration & 3;
  }

  private static int generation(long registration) {
    return (int) (registration >>> 2);
  }

  private void put(int fd, int generation, int interest) {
    AtomicLongArray all = registrations;
    if (fd >= all.length()) {
      AtomicLongArray longer = new AtomicLongArray(Math.max(fd + 1, all.length() * 2));
      for (int i = 0; i < all.length(); i++) {
        longer.setPlain(i, all.getPlain(i));
      }
      all = longer;
    }
    all.set(fd, (long) generation << 2 | interest);
    registrations = all;
  }

  private static int mask(int interest) {
    return ((interest & Interest.READ) != 0 ? EPOLLIN : 0)
        | ((interest & Interest.WRITE) != 0 ? EPOLLOUT : 0);
  }

  private int control(int set, int operation, int fd, int interest) {
    return control(set, operation, fd, mask(interest), kernelData(fd));
  }

  /// What comes back with the events of a descriptor.
  private long kernelData(int fd) {
    return (long) generation(registration(fd)) << 32 | fd;
  }

  private int control(int set, int operation, int fd, int mask, long data) {
    event.set(JAVA_INT_UNALIGNED, 0, mask);
    event.set(JAVA_LONG_UNALIGNED, DATA_OFFSET, data);
    return registerCalls.epollCtl(set, operation, fd, event);
  }

  /// Starts over with a new epoll under the old number.
  ///
  /// A descriptor that was closed while a duplicate lives on (in this process or a child) stays
  /// registered, and no call can name it any more: its events would come again at once, and the
  /// loop would never rest.
  ///
  /// When the kernel has no room for it, the old set stays: the loop does not rest then, but misses
  /// nothing, and the next stale event has it try again.
  private void rebuild() {
    synchronized (registerLock) {
      if (!orphans) {
        return;
      }
      int fresh = registerCalls.epollCreate();
      if (fresh < 0) {
        return;
      }
      if (copyInto(fresh) && registerCalls.replace(fresh, epoll) >= 0) {
        orphans = false;
      }
      registerCalls.close(fresh);
    }
  }

  private boolean copyInto(int fresh) {
    if (control(fresh, Syscalls.EPOLL_CTL_ADD, eventfd, EPOLLIN, WAKE) < 0) {
      return false;
    }
    for (int fd = 0; fd < registrations.length(); fd++) {
      if (!isRegistered(fd)) {
        continue;
      }
      int interest = interest(registration(fd));
      int known = control(epoll, Syscalls.EPOLL_CTL_MOD, fd, interest);
      // The number was closed, and may be another file's, which nobody watches.
      boolean gone = known == -Errno.ENOENT || known == -Errno.EBADF || known == -Errno.EPERM;
      if (!gone && (known < 0 || control(fresh, Syscalls.EPOLL_CTL_ADD, fd, interest) < 0)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    synchronized (registerLock) {
      synchronized (wakeLock) {
        if (!closed) {
          closed = true;
          calls.close(epoll);
          calls.close(eventfd);
        }
      }
    }
  }

  /// A signal that ends a wait is a wait that ended early: the pass goes on, and the next one waits
  /// again.
  private static int countOrThrow(int count) {
    if (count < 0 && count != -Errno.EINTR) {
      throw new UncheckedIOException(new ErrnoException("epoll_wait", -count));
    }
    return Math.max(count, 0);
  }

  private static int checked(String call, int result) throws ErrnoException {
    if (result < 0) {
      throw new ErrnoException(call, -result);
    }
    return result;
  }

  private static boolean isX86(String architecture) {
    return architecture.equals("amd64") || architecture.equals("x86_64");
  }
}
