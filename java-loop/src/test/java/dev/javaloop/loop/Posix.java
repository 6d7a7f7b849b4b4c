package dev.javaloop.loop;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The descriptors that the tests watch. A failing call fails the test. */
final class Posix {
  private static final int O_CLOEXEC_NONBLOCK = 0x80000 | 0x800;

  private Posix() {}

  /** {read end, write end}. */
  static int[] pipe() {
    return pair("pipe2", new MemoryLayout[] {ADDRESS, JAVA_INT}, O_CLOEXEC_NONBLOCK);
  }

  static int[] socketpair() {
    return socketpair(O_CLOEXEC_NONBLOCK);
  }

  static int[] blockingSocketpair() {
    return socketpair(0x80000);
  }

  private static int[] socketpair(int flags) {
    return pair(
        "socketpair", new MemoryLayout[] {JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS}, 1, 1 | flags, 0);
  }

  static int eventfd(int value) {
    return (int) call("eventfd", layouts(2), value, O_CLOEXEC_NONBLOCK);
  }

  static int dup(int fd) {
    return (int) call("dup", layouts(1), fd);
  }

  static void dup2(int fd, int target) {
    call("dup2", layouts(2), fd, target);
  }

  static void close(int... fds) {
    for (int fd : fds) {
      call("close", layouts(1), fd);
    }
  }

  static void write(int fd, String text) {
    try (Arena arena = Arena.ofConfined()) {
      MemoryLayout[] arguments = {JAVA_INT, ADDRESS, JAVA_LONG};
      call("write", arguments, fd, arena.allocateFrom(text), (long) text.length());
    }
  }

  /** How much was there, at most 16 bytes. */
  static int read(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      return (int)
          call(
              "read",
              new MemoryLayout[] {JAVA_INT, ADDRESS, JAVA_LONG},
              fd,
              arena.allocate(16),
              16L);
    }
  }

  static int open(String path) {
    try (Arena arena = Arena.ofConfined()) {
      return (int)
          call("open", new MemoryLayout[] {ADDRESS, JAVA_INT}, arena.allocateFrom(path), 0x80000);
    }
  }

  /// The calling thread.
  static long pthreadSelf() {
    return call("pthread_self", layouts(0));
  }

  private static int[] pair(String name, MemoryLayout[] arguments, int... values) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment fds = arena.allocate(JAVA_INT, 2);
      Object[] all = new Object[arguments.length];
      for (int i = 0, value = 0; i < all.length; i++) {
        all[i] = arguments[i] == ADDRESS ? fds : (Object) values[value++];
      }
      call(name, arguments, all);
      return fds.toArray(JAVA_INT);
    }
  }

  private static MemoryLayout[] layouts(int ints) {
    MemoryLayout[] all = new MemoryLayout[ints];
    java.util.Arrays.fill(all, JAVA_INT);
    return all;
  }

  // read and write return a ssize_t, pthread_self an address, the others an int whose sign the
  // register does not extend.
  @SuppressWarnings("restricted") // The declarations are the C library's.
  private static long call(String name, MemoryLayout[] arguments, Object... values) {
    boolean wide = List.of("read", "write", "pthread_self").contains(name);
    try {
      Linker linker = Linker.nativeLinker();
      Object result =
          linker
              .downcallHandle(
                  linker.defaultLookup().find(name).orElseThrow(),
                  FunctionDescriptor.of(wide ? JAVA_LONG : JAVA_INT, arguments))
              .invokeWithArguments(values);
      long number = ((Number) result).longValue();
      if (number < 0) {
        throw new AssertionError(name + " failed");
      }
      return number;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
