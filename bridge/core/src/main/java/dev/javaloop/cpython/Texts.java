package dev.javaloop.cpython;

import java.nio.charset.StandardCharsets;

/// Strings of both sides. A surrogate without its other half stays one. Guarded by the GIL.
final class Texts {
  private static final int SCRATCH_BYTES = 1 << 14;

  // Only for calls that copy it and run no Python code.
  private static final long SCRATCH = Memory.allocate(SCRATCH_BYTES);
  private static final long WORD = Memory.allocate(Long.BYTES);
  private static final long UTF_16 = Memory.cString("utf-16-le");
  private static final long SURROGATEPASS = Memory.cString("surrogatepass");

  private Texts() {}

  /// A str, owned.
  static long newText(String text) {
    if (hasLoneSurrogate(text)) {
      return withLoneSurrogates(text);
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Memory.withCopy(
        bytes, SCRATCH, SCRATCH_BYTES, memory -> checked(CApi.newText(memory, bytes.length)));
  }

  private static boolean hasLoneSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
          return true;
        }
        i++;
      }
    }
    return false;
  }

  private static long withLoneSurrogates(String text) {
    byte[] bytes = new byte[2 * text.length()];
    for (int i = 0; i < text.length(); i++) {
      bytes[2 * i] = (byte) text.charAt(i);
      bytes[2 * i + 1] = (byte) (text.charAt(i) >> Byte.SIZE);
    }
    Memory.setInt(WORD, -1);
    return Memory.withCopy(
        bytes,
        SCRATCH,
        SCRATCH_BYTES,
        memory -> checked(ValuesApi.decodeUtf16(memory, bytes.length, SURROGATEPASS, WORD)));
  }

  /// The Java string of a str.
  static String of(long str) {
    long utf8 = CApi.textValue(str, WORD);
    if (utf8 != 0) {
      return Memory.text(utf8, Memory.word(WORD));
    }
    References.drop(Failures.take()); // it has a surrogate
    long encoded = checked(ValuesApi.encode(str, UTF_16, SURROGATEPASS));
    byte[] bytes = new byte[Math.toIntExact(Memory.word(encoded + Layout.BYTES_LENGTH))];
    Memory.copy(encoded + Layout.BYTES_CONTENTS, bytes);
    References.drop(encoded);
    char[] units = new char[bytes.length / 2];
    for (int i = 0; i < units.length; i++) {
      units[i] = (char) ((bytes[2 * i] & 0xFF) | bytes[2 * i + 1] << Byte.SIZE);
    }
    return new String(units);
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
