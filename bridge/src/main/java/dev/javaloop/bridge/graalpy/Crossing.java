package dev.javaloop.bridge.graalpy;

import dev.javaloop.internal.Results;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyArray;
import org.jspecify.annotations.Nullable;

/// What crosses between Java and Python by value: nothing of one side stays alive in the other, but
/// for Java objects of other kinds, which Python can only hand back.
final class Crossing {
  private Crossing() {}

  /// On the loop's thread.
  ///
  /// @throws IllegalArgumentException for lists and maps that contain themselves
  static Object toPython(@Nullable Object value, GraalPyRuntime runtime) {
    return toPython(value, runtime.guest(), runtime, 0);
  }

  private static Object toPython(
      @Nullable Object value, Guest guest, GraalPyRuntime runtime, int depth) {
    if (depth > Results.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "an argument is nested more than %d deep, or contains itself"
              .formatted(Results.MAX_DEPTH));
    }
    return switch (value) {
      case null -> guest.none();
      case Character c -> c.toString();
      case BigInteger i -> i.bitLength() < Long.SIZE ? i.longValue() : guest.integer(i);
      case CompletionStage<?> stage -> guest.awaitable(new HostFuture(stage, runtime));
      case byte[] bytes -> guest.bytes(bytes);
      case List<?> list -> {
        Object[] items = new Object[list.size()];
        int i = 0;
        for (Object item : list) {
          items[i++] = toPython(item, guest, runtime, depth + 1);
        }
        yield guest.list(ProxyArray.fromArray(items));
      }
      case Map<?, ?> map -> {
        Object[] items = new Object[2 * map.size()];
        int i = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          items[i++] = toPython(entry.getKey(), guest, runtime, depth + 1);
          items[i++] = toPython(entry.getValue(), guest, runtime, depth + 1);
        }
        yield guest.dict(ProxyArray.fromArray(items));
      }
      default -> value;
    };
  }

  /// On the loop's thread.
  ///
  /// @throws ClassCastException where the value is no `type`
  static <T extends @Nullable Object> @Nullable T toJava(Value value, Class<T> type) {
    if (type == Void.class) {
      return null;
    }
    return Results.cast(plain(value, 0), type, () -> kind(value));
  }

  private static String kind(Value value) {
    return value.isHostObject()
        ? value.asHostObject().getClass().getTypeName()
        : value.getMetaObject().getMetaQualifiedName();
  }

  private static @Nullable Object plain(Value value, int depth) {
    if (depth > Results.MAX_DEPTH) {
      throw new ClassCastException(
          "Python's result is nested more than %d deep, or contains itself"
              .formatted(Results.MAX_DEPTH));
    }
    if (value.isNull()) {
      return null;
    }
    if (value.isHostObject()) {
      return value.asHostObject();
    }
    if (value.isBoolean()) {
      return value.asBoolean();
    }
    if (value.isString()) {
      return value.asString();
    }
    if (value.isNumber()) {
      return narrowest(value.as(Number.class));
    }
    if (value.hasBufferElements()) {
      byte[] bytes = new byte[Math.toIntExact(value.getBufferSize())];
      value.readBuffer(0, bytes, 0, bytes.length);
      return bytes;
    }
    if (value.hasHashEntries()) {
      Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
      Value entries = value.getHashEntriesIterator();
      while (entries.hasIteratorNextElement()) {
        Value entry = entries.getIteratorNextElement();
        map.put(
            plain(entry.getArrayElement(0), depth + 1), plain(entry.getArrayElement(1), depth + 1));
      }
      return map;
    }
    if (value.hasArrayElements()) {
      List<@Nullable Object> list = new ArrayList<>();
      for (long i = 0; i < value.getArraySize(); i++) {
        list.add(plain(value.getArrayElement(i), depth + 1));
      }
      return list;
    }
    throw new ClassCastException(
        "a Python "
            + value.getMetaObject().getMetaQualifiedName()
            + " cannot cross to Java; return numbers, strings, bytes, lists or dicts");
  }

  /// How Python keeps an int is not to be seen.
  private static Number narrowest(Number number) {
    if (number instanceof Double || number instanceof Float) {
      return number.doubleValue();
    }
    return Results.narrowest(number);
  }

  /// The Java exception that Python hands back, if it does.
  static @Nullable Throwable throwable(Value value) {
    return value.isHostObject() && value.asHostObject() instanceof Throwable thrown ? thrown : null;
  }
}
