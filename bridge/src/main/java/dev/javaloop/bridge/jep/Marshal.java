package dev.javaloop.bridge.jep;

import dev.javaloop.internal.Results;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Values in the format of Python's module `marshal`, version 2, which Python reads and writes in
/// C: so a value crosses in one call however large it is.
///
/// What has no form there is a complex number, which Java does not have: its parts say what it is
/// and where it lies.
final class Marshal {
  private static final int DIGIT_BITS = 15;
  private static final int SURROGATES = 0xED;

  private Marshal() {}

  /// Stands for something in a marshalled value.
  ///
  /// @param kind what it is
  /// @param number where it lies
  record Mark(int kind, long number) {}

  /// Finds a mark for an object that has no form of its own.
  interface Marker {
    Mark mark(Object object);
  }

  /// Finds what a mark stands for.
  interface Finder {
    Object find(long number);
  }

  /// Writes a value.
  ///
  /// @throws IllegalArgumentException for lists and maps that contain themselves, or are keys
  static byte[] write(@Nullable Object value, Marker marker) {
    Writer writer = new Writer(marker);
    writer.value(value, 0);
    return writer.out.toByteArray();
  }

  /// The beginning of a list, whose items follow.
  static byte[] listOf(int size) {
    return ByteBuffer.allocate(1 + Integer.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put((byte) '[')
        .putInt(size)
        .array();
  }

  private static final class Writer {
    final ByteArrayOutputStream out = new ByteArrayOutputStream(64);
    final Marker marker;

    Writer(Marker marker) {
      this.marker = marker;
    }

    void value(@Nullable Object value, int depth) {
      // The outermost list is that of the arguments.
      if (depth > Results.MAX_DEPTH + 1) {
        throw new IllegalArgumentException(
            "an argument is nested more than %d deep, or contains itself"
                .formatted(Results.MAX_DEPTH));
      }
      switch (value) {
        case null -> out.write('N');
        case Boolean b -> out.write(b ? 'T' : 'F');
        case Integer i -> integer(i);
        case Long l -> integer(l);
        case Short s -> integer(s);
        case Byte b -> integer(b);
        case BigInteger i -> integer(i);
        case Double d -> real('g', d);
        case Float f -> real('g', f);
        case Character c -> text(c.toString());
        case String s -> text(s);
        case byte[] bytes -> bytes('s', bytes);
        case List<?> list -> {
          out.write('[');
          int32(list.size());
          for (Object item : list) {
            value(item, depth + 1);
          }
        }
        case Map<?, ?> map -> {
          out.write('{');
          for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (entry.getKey() instanceof List || entry.getKey() instanceof Map) {
              throw new IllegalArgumentException("a list or map is no key in Python");
            }
            value(entry.getKey(), depth + 1);
            value(entry.getValue(), depth + 1);
          }
          out.write('0');
        }
        default -> {
          Mark mark = marker.mark(value);
          real('y', mark.kind());
          int64(Double.doubleToRawLongBits((double) mark.number()));
        }
      }
    }

    private void integer(long value) {
      if (value == (int) value) {
        out.write('i');
        int32((int) value);
      } else {
        integer(BigInteger.valueOf(value));
      }
    }

    private void integer(BigInteger value) {
      BigInteger rest = value.abs();
      int digits = (rest.bitLength() + DIGIT_BITS - 1) / DIGIT_BITS;
      out.write('l');
      int32(value.signum() * digits);
      for (int i = 0; i < digits; i++) {
        int digit = rest.shiftRight(i * DIGIT_BITS).intValue() & (1 << DIGIT_BITS) - 1;
        out.write(digit);
        out.write(digit >> Byte.SIZE);
      }
    }

    private void real(int tag, double value) {
      out.write(tag);
      int64(Double.doubleToRawLongBits(value));
    }

    private void text(String text) {
      bytes('u', encode(text));
    }

    private void bytes(int tag, byte[] bytes) {
      out.write(tag);
      int32(bytes.length);
      out.writeBytes(bytes);
    }

    private void int32(int value) {
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        out.write(value >> shift);
      }
    }

    private void int64(long value) {
      int32((int) value);
      int32((int) (value >> Integer.SIZE));
    }
  }

  /// UTF-8 in which a surrogate without its other half has three bytes, as Python's
  /// `surrogatepass`.
  private static byte[] encode(String text) {
    if (StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    text.codePoints()
        .forEach(
            point -> {
              if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                out.write(0xE0 | point >> 12);
                out.write(0x80 | (point >> 6 & 0x3F));
                out.write(0x80 | (point & 0x3F));
              } else {
                out.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
              }
            });
    return out.toByteArray();
  }

  private static String decode(byte[] utf) {
    StringBuilder text = null;
    int from = 0;
    for (int i = 0; i + 2 < utf.length; i++) {
      if ((utf[i] & 0xFF) == SURROGATES && (utf[i + 1] & 0xFF) >= 0xA0) {
        text = text == null ? new StringBuilder() : text;
        text.append(new String(utf, from, i - from, StandardCharsets.UTF_8));
        text.append((char) (0xD000 | (utf[i + 1] & 0x3F) << 6 | (utf[i + 2] & 0x3F)));
        from = i + 3;
        i += 2;
      }
    }
    String rest = new String(utf, from, utf.length - from, StandardCharsets.UTF_8);
    return text == null ? rest : text + rest;
  }

  /// Reads a value.
  ///
  /// @param finder for marks; null where a complex number is one
  /// @throws ClassCastException for what has no form in Java, or contains itself
  static @Nullable Object read(byte[] marshalled, @Nullable Finder finder) {
    ByteBuffer in = ByteBuffer.wrap(marshalled).order(ByteOrder.LITTLE_ENDIAN);
    try {
      return new Reader(in, finder).value(in.get(), 0);
    } catch (BufferUnderflowException e) {
      throw new IllegalStateException("a marshalled value ends too early", e);
    }
  }

  /// Python's word for a marshalled value.
  static String kind(byte[] marshalled) {
    return kind(marshalled[0]);
  }

  private static String kind(int tag) {
    return switch (tag) {
      case 's' -> "bytes";
      case '[' -> "list";
      case '(' -> "tuple";
      case '{' -> "dict";
      case '<' -> "set";
      case '>' -> "frozenset";
      case 'y' -> "complex";
      case '.' -> "ellipsis";
      case 'S' -> "type";
      case 'c' -> "code";
      default -> "'" + (char) tag + "'";
    };
  }

  private record Reader(ByteBuffer in, @Nullable Finder finder) {
    @Nullable Object value(int tag, int depth) {
      if (depth > Results.MAX_DEPTH) {
        throw new ClassCastException(
            "Python's result is nested more than %d deep, or contains itself"
                .formatted(Results.MAX_DEPTH));
      }
      return switch (tag) {
        case 'N' -> null;
        case 'T' -> true;
        case 'F' -> false;
        case 'i' -> in.getInt();
        case 'l' -> Results.narrowest(integer());
        case 'g' -> in.getDouble();
        case 'u' -> decode(bytes());
        case 's' -> bytes();
        case '[', '(' -> {
          int size = in.getInt();
          List<@Nullable Object> list = new ArrayList<>(size);
          for (int i = 0; i < size; i++) {
            list.add(value(in.get(), depth + 1));
          }
          yield list;
        }
        case '{' -> {
          Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
          for (int key = in.get(); key != '0'; key = in.get()) {
            Object converted = value(key, depth + 1);
            map.put(converted, value(in.get(), depth + 1));
          }
          yield map;
        }
        case 'y' -> {
          if (finder == null) {
            throw refused(tag);
          }
          in.getDouble();
          yield finder.find((long) in.getDouble());
        }
        default -> throw refused(tag);
      };
    }

    private static ClassCastException refused(int tag) {
      return new ClassCastException(
          "a Python "
              + kind(tag)
              + " cannot cross to Java; return numbers, strings, bytes, lists or dicts");
    }

    private byte[] bytes() {
      byte[] bytes = new byte[in.getInt()];
      in.get(bytes);
      return bytes;
    }

    private BigInteger integer() {
      int size = in.getInt();
      int digits = Math.abs(size);
      // The digits, the highest first, as a number's bytes.
      byte[] magnitude = new byte[(digits * DIGIT_BITS + Byte.SIZE - 1) / Byte.SIZE + 1];
      long carried = 0;
      int bits = 0;
      int at = magnitude.length;
      for (int i = 0; i < digits; i++) {
        carried |= (long) in.getShort() << bits;
        for (bits += DIGIT_BITS; bits >= Byte.SIZE; bits -= Byte.SIZE) {
          magnitude[--at] = (byte) carried;
          carried >>= Byte.SIZE;
        }
      }
      magnitude[--at] = (byte) carried;
      return new BigInteger(Integer.signum(size), magnitude);
    }
  }
}
