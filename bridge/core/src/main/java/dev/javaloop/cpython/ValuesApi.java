package dev.javaloop.cpython;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/// The functions of CPython's C API by which values are converted; [CApi] says the rules.
final class ValuesApi {
  private ValuesApi() {}

  private static final MethodHandle EXACT_INT =
      Symbols.function(
          "PyLong_AsLongAndOverflow",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG),
          Symbols.CRITICAL);

  /// The value of an object whose type is exactly int.
  ///
  /// @param overflow a C int, which becomes other than 0 where no `long` holds the value
  static long exactInt(long object, long overflow) {
    try {
      return (long) EXACT_INT.invokeExact(object, overflow);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle EXACT_FLOAT =
      Symbols.function(
          "PyFloat_AsDouble", FunctionDescriptor.of(JAVA_DOUBLE, JAVA_LONG), Symbols.CRITICAL);

  /// The value of an object whose type is exactly float.
  static double exactFloat(long object) {
    try {
      return (double) EXACT_FLOAT.invokeExact(object);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle INT_FROM_DIGITS =
      Symbols.function(
          "PyLong_FromString", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT));

  /// An int of a C string's digits in a base. Owned, or 0 and an exception is set.
  static long intFromDigits(long digits, int base) {
    try {
      return (long) INT_FROM_DIGITS.invokeExact(digits, 0L, base);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle DIGITS =
      Symbols.function("PyNumber_ToBase", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT));

  /// An int as a str in base 16, with `0x`. Owned, or 0 and an exception is set.
  static long digits(long number, int base) {
    try {
      return (long) DIGITS.invokeExact(number, base);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle ENCODE =
      Symbols.function(
          "PyUnicode_AsEncodedString",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

  /// A str as bytes; encoding and error handler are C strings. Owned, or 0 and an exception is set.
  static long encode(long str, long encoding, long errors) {
    try {
      return (long) ENCODE.invokeExact(str, encoding, errors);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle DECODE_UTF16 =
      Symbols.function(
          "PyUnicode_DecodeUTF16",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

  /// A str of UTF-16. Owned, or 0 and an exception is set.
  ///
  /// @param errors a C string
  /// @param order a C int, -1 for little endian
  static long decodeUtf16(long memory, long bytes, long errors, long order) {
    try {
      return (long) DECODE_UTF16.invokeExact(memory, bytes, errors, order);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle NEXT_ITEM =
      Symbols.function(
          "PyDict_Next",
          FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          Symbols.CRITICAL);

  /// Goes on through a dict.
  ///
  /// @param position a word, 0 at the beginning
  /// @param key a word for the borrowed key, and so is `value`
  /// @return 0 at the end
  static int nextItem(long dict, long position, long key, long value) {
    try {
      return (int) NEXT_ITEM.invokeExact(dict, position, key, value);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle LIST_LENGTH =
      Symbols.function(
          "PyList_Size", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG), Symbols.CRITICAL);

  /// The length of an object whose type is exactly list.
  static long exactListLength(long list) {
    try {
      return (long) LIST_LENGTH.invokeExact(list);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle LIST_ITEM =
      Symbols.function(
          "PyList_GetItem",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG),
          Symbols.CRITICAL);

  /// An item of an object whose type is exactly list, which is known to be that long: to raise
  /// would be to allocate. Borrowed.
  static long exactListItem(long list, long index) {
    try {
      return (long) LIST_ITEM.invokeExact(list, index);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle SET_RAISED =
      Symbols.function("PyErr_SetObject", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG));

  /// Sets an exception, with the traceback that it has.
  static void setRaised(long exception) {
    try {
      SET_RAISED.invokeExact(PyObjects.typeOf(exception), exception);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }
}
