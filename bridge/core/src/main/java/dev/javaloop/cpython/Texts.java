package dev.javaloop.cpython;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;

/// Strings of both sides. A lone surrogate becomes a question mark.
final class Texts {
  private Texts() {}

  /// A str, owned.
  static long newText(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (Arena arena = Arena.ofConfined()) {
      long memory = arena.allocate(bytes.length + 1L).address();
      Memory.copy(bytes, memory);
      return checked(CApi.newText(memory, bytes.length));
    }
  }

  /// The Java string of a str.
  static String of(long str) {
    try (Arena arena = Arena.ofConfined()) {
      long length = arena.allocate(Long.BYTES, Long.BYTES).address();
      long utf8 = checked(CApi.textValue(str, length));
      return Memory.text(utf8, Memory.word(length));
    }
  }

  /// `str(object)`.
  static String str(long object) {
    long str = checked(CApi.str(object));
    try {
      return of(str);
    } finally {
      References.drop(str);
    }
  }

  private static long checked(long address) {
    if (address == 0) {
      throw new Failures.PythonRaised();
    }
    return address;
  }
}
