package dev.javaloop.cpython;

import dev.javaloop.internal.Results;
import dev.javaloop.spi.GuestFailure;
import java.lang.foreign.Arena;
import java.lang.ref.Reference;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Converts values, a whole graph at once. Guarded by the GIL.
///
/// Python's exact types are read by Java. For others `values.plain` gives an object of an exact
/// type that has the same value.
final class Values {
  private static final long PLAIN;

  private static final int SCRATCH_BYTES = 1 << 10;
  private static final long SCRATCH = Memory.allocate(SCRATCH_BYTES);
  private static final long OVERFLOW = Memory.allocate(Long.BYTES);
  private static final int HEX = 16;

  static {
    long module = PyObjects.importModule("javaloop._engines.cpython.values");
    PLAIN = Names.attribute(module, "plain");
    References.drop(module);
  }

  private Values() {}

  /// A Java object that Python gets as an instance of a class that [JavaObjects#newType] has made.
  record Wrapped(long type, Object object) {}

  // --- to Python

  /// The Python object of a Java one, owned.
  ///
  /// @param awaitable gives a reference to an awaitable of a stage
  /// @throws IllegalArgumentException for what cannot cross
  static long toPython(@Nullable Object value, Function<CompletionStage<?>, PyRef> awaitable) {
    return toPython(value, awaitable, 0);
  }

  private static long toPython(
      @Nullable Object value, Function<CompletionStage<?>, PyRef> awaitable, int depth) {
    if (depth > Results.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "an argument is nested more than %d deep, or contains itself"
              .formatted(Results.MAX_DEPTH));
    }
    return switch (value) {
      case null -> PyObjects.none();
      case Boolean b -> PyObjects.bool(b);
      case Integer i -> CApi.newInt(i);
      case Long l -> CApi.newInt(l);
      case Short s -> CApi.newInt(s);
      case Byte b -> CApi.newInt(b);
      case BigInteger i -> newInt(i);
      case Double d -> CApi.newFloat(d);
      case Float f -> CApi.newFloat(f);
      case Character c -> Texts.newText(c.toString());
      case String s -> Texts.newText(s);
      case byte[] bytes -> newBytes(bytes);
      case List<?> list -> newList(list, awaitable, depth);
      case Map<?, ?> map -> newDict(map, awaitable, depth);
      case PyRef reference -> newReference(reference);
      case Wrapped w -> JavaObjects.newInstance(w.type(), w.object());
      case CompletionStage<?> stage -> newReference(awaitable.apply(stage));
      default -> JavaObjects.newInstance(JavaObjects.TYPE, value);
    };
  }

  private static long newReference(PyRef reference) {
    try {
      long address = reference.address();
      References.add(address);
      return address;
    } finally {
      Reference.reachabilityFence(reference);
    }
  }

  private static long newInt(BigInteger value) {
    if (value.bitLength() < Long.SIZE) {
      return CApi.newInt(value.longValue());
    }
    byte[] digits = value.toString(HEX).getBytes(StandardCharsets.US_ASCII);
    return Memory.withCopy(
        digits,
        SCRATCH,
        SCRATCH_BYTES,
        memory -> PyObjects.checked(ValuesApi.intFromDigits(memory, HEX)));
  }

  private static long newBytes(byte[] bytes) {
    long object = PyObjects.checked(CApi.newBytes(0, bytes.length));
    Memory.copy(bytes, object + Layout.BYTES_CONTENTS);
    return object;
  }

  private static long newList(
      List<?> list, Function<CompletionStage<?>, PyRef> awaitable, int depth) {
    // A copy, as others may change it meanwhile.
    Object[] items = list.toArray();
    long object = PyObjects.checked(CApi.newList(items.length));
    boolean whole = false;
    try {
      for (int i = 0; i < items.length; i++) {
        CApi.setListItem(object, i, toPython(items[i], awaitable, depth + 1));
      }
      whole = true;
      return object;
    } finally {
      if (!whole) {
        References.drop(object);
      }
    }
  }

  private static long newDict(
      Map<?, ?> map, Function<CompletionStage<?>, PyRef> awaitable, int depth) {
    long object = PyObjects.checked(CApi.newDict());
    boolean whole = false;
    try {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        if (entry.getKey() instanceof List || entry.getKey() instanceof Map) {
          throw new IllegalArgumentException("a list or map is no key in Python");
        }
        long key = toPython(entry.getKey(), awaitable, depth + 1);
        try {
          long value = toPython(entry.getValue(), awaitable, depth + 1);
          int result = CApi.setDictItem(object, key, value);
          References.drop(value);
          PyObjects.checked(result);
        } finally {
          References.drop(key);
        }
      }
      whole = true;
      return object;
    } finally {
      if (!whole) {
        References.drop(object);
      }
    }
  }

  // --- to Java

  /// The Java object of a Python one, which is borrowed.
  ///
  /// @throws ClassCastException for what has no form in Java
  /// @throws GuestFailure for what ends programs and was raised meanwhile
  static @Nullable Object toJava(long object) {
    try {
      return toJava(object, 0);
    } catch (Failures.PythonRaised _) {
      GuestFailure failure = Failures.failure();
      if (failure.isEnding()) {
        throw failure;
      }
      throw new ClassCastException(Texts.str(((PyRef) failure.error()).address()));
    }
  }

  private static @Nullable Object toJava(long object, int depth) {
    if (depth > Results.MAX_DEPTH) {
      throw new ClassCastException(
          "Python's result is nested more than %d deep, or contains itself"
              .formatted(Results.MAX_DEPTH));
    }
    if (object == PyObjects.NONE) {
      return null;
    }
    if (object == PyObjects.TRUE || object == PyObjects.FALSE) {
      return object == PyObjects.TRUE;
    }
    long type = PyObjects.typeOf(object);
    if (JavaObjects.isType(type)) {
      return JavaObjects.of(object);
    }
    if (isExact(type)) {
      return exactToJava(object, type, depth);
    }
    long plain = PyObjects.call(PLAIN, object);
    try {
      long plainType = PyObjects.typeOf(plain);
      return isExact(plainType)
          ? exactToJava(plain, plainType, depth)
          : plain == PyObjects.TRUE; // a bool of somebody else's
    } finally {
      References.drop(plain);
    }
  }

  private static boolean isExact(long type) {
    return type == PyObjects.TEXT_TYPE
        || type == PyObjects.INT_TYPE
        || type == PyObjects.FLOAT_TYPE
        || type == PyObjects.BYTES_TYPE
        || type == PyObjects.LIST_TYPE
        || type == PyObjects.TUPLE_TYPE
        || type == PyObjects.DICT_TYPE;
  }

  private static Object exactToJava(long object, long type, int depth) {
    if (type == PyObjects.TEXT_TYPE) {
      return Texts.of(object);
    }
    if (type == PyObjects.INT_TYPE) {
      return integer(object);
    }
    if (type == PyObjects.FLOAT_TYPE) {
      return ValuesApi.exactFloat(object);
    }
    if (type == PyObjects.BYTES_TYPE) {
      byte[] bytes = new byte[Math.toIntExact(Memory.word(object + Layout.BYTES_LENGTH))];
      Memory.copy(object + Layout.BYTES_CONTENTS, bytes);
      return bytes;
    }
    if (type == PyObjects.DICT_TYPE) {
      return map(object, depth);
    }
    return type == PyObjects.LIST_TYPE ? list(object, depth) : tuple(object, depth);
  }

  private static Number integer(long object) {
    Memory.setInt(OVERFLOW, 0);
    long value = ValuesApi.exactInt(object, OVERFLOW);
    if (Memory.intAt(OVERFLOW) == 0) {
      return Results.narrowest(value);
    }
    long digits = PyObjects.checked(ValuesApi.digits(object, HEX));
    try {
      return new BigInteger(Texts.of(digits).replaceFirst("0x", ""), HEX);
    } finally {
      References.drop(digits);
    }
  }

  // Converting an item may run Python code, which may change what it is in: so the item is owned
  // meanwhile, and the length asked for each time.

  private static List<@Nullable Object> list(long object, int depth) {
    List<@Nullable Object> list = new ArrayList<>((int) ValuesApi.exactListLength(object));
    for (long i = 0; i < ValuesApi.exactListLength(object); i++) {
      list.add(item(ValuesApi.exactListItem(object, i), depth));
    }
    return list;
  }

  private static List<@Nullable Object> tuple(long object, int depth) {
    long length = CApi.tupleLength(object);
    List<@Nullable Object> list = new ArrayList<>((int) length);
    for (long i = 0; i < length; i++) {
      list.add(item(Memory.word(object + Layout.TUPLE_ITEMS + 8 * i), depth));
    }
    return list;
  }

  private static @Nullable Object item(long item, int depth) {
    References.add(item);
    try {
      return toJava(item, depth + 1);
    } finally {
      References.drop(item);
    }
  }

  private static Map<@Nullable Object, @Nullable Object> map(long object, int depth) {
    Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
    try (Arena arena = Arena.ofConfined()) {
      long position = arena.allocate(3L * Long.BYTES, Long.BYTES).address();
      long key = position + Long.BYTES;
      long value = key + Long.BYTES;
      while (ValuesApi.nextItem(object, position, key, value) != 0) {
        long both = Memory.word(value);
        References.add(both);
        try {
          Object converted = item(Memory.word(key), depth);
          map.put(converted, toJava(both, depth + 1));
        } finally {
          References.drop(both);
        }
      }
    }
    return map;
  }
}
