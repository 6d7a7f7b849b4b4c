package dev.javaloop.cpython;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.function.LongUnaryOperator;

/// Reads and writes the process's memory by address. A wrong address ends the process, so only
/// [Layout]'s offsets into live objects and memory from [#allocate] are used.
final class Memory {
  // Restricted: it can reach everything, which is what it is for.
  @SuppressWarnings("restricted")
  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private Memory() {}

  static long word(long address) {
    return ALL.get(JAVA_LONG, address);
  }

  static void setWord(long address, long value) {
    ALL.set(JAVA_LONG, address, value);
  }

  static int intAt(long address) {
    return ALL.get(JAVA_INT, address);
  }

  static void setInt(long address, int value) {
    ALL.set(JAVA_INT, address, value);
  }

  /// Memory for the life of the process.
  static long allocate(long bytes) {
    return Arena.global().allocate(bytes, 16).address();
  }

  /// Memory for the life of the process that begins a page. The kernel took four times as long to
  /// copy what it had received to an address 16 bytes behind one.
  static long allocateBuffer(long bytes) {
    return Arena.global().allocate(bytes, 4096).address();
  }

  /// A C string for the life of the process, in UTF-8.
  static long cString(String text) {
    return Arena.global().allocateFrom(text).address();
  }

  /// Text of a known length, in UTF-8.
  static String text(long address, long length) {
    byte[] bytes = new byte[Math.toIntExact(length)];
    MemorySegment.copy(ALL, JAVA_BYTE, address, bytes, 0, bytes.length);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static void copy(byte[] from, long to) {
    MemorySegment.copy(from, 0, ALL, JAVA_BYTE, to, from.length);
  }

  /// Has a call see a copy of bytes, which are followed by a zero.
  ///
  /// @param scratch memory for those that have room there
  static long withCopy(byte[] bytes, long scratch, long scratchBytes, LongUnaryOperator call) {
    if (bytes.length < scratchBytes) {
      copy(bytes, scratch);
      ALL.set(JAVA_BYTE, scratch + bytes.length, (byte) 0);
      return call.applyAsLong(scratch);
    }
    try (Arena arena = Arena.ofConfined()) {
      long memory = arena.allocate(bytes.length + 1L).address();
      copy(bytes, memory);
      return call.applyAsLong(memory);
    }
  }

  static void copy(long from, byte[] to) {
    MemorySegment.copy(ALL, JAVA_BYTE, from, to, 0, to.length);
  }
}
