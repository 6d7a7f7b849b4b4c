package dev.javaloop.bridge.graalpy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyArray;
import org.jspecify.annotations.Nullable;

/// What crosses between Java and Python by value: nothing of one side stays alive in the other.
final class Crossing {
  private Crossing() {}

  /// On the loop's thread.
  static @Nullable Object toPython(@Nullable Object value, GraalPyRuntime runtime) {
    return switch (value) {
      case null -> null;
      case CompletionStage<?> stage when !(stage instanceof Call<?>) ->
          runtime.functions().getMember("awaitable").execute(new HostFuture(stage, runtime));
      case byte[] bytes -> {
        Object[] boxed = new Object[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
          boxed[i] = bytes[i] & 0xFF;
        }
        yield runtime.functions().getMember("to_bytes").execute(ProxyArray.fromArray(boxed));
      }
      case List<?> list -> {
        @Nullable Object[] items = new @Nullable Object[list.size()];
        for (int i = 0; i < items.length; i++) {
          items[i] = toPython(list.get(i), runtime);
        }
        yield runtime.functions().getMember("to_list").execute(ProxyArray.fromArray(items));
      }
      case Map<?, ?> map -> {
        @Nullable Object[] items = new @Nullable Object[2 * map.size()];
        int i = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          items[i++] = toPython(entry.getKey(), runtime);
          items[i++] = toPython(entry.getValue(), runtime);
        }
        yield runtime.functions().getMember("to_dict").execute(ProxyArray.fromArray(items));
      }
      default -> value;
    };
  }

  /// On the loop's thread.
  ///
  /// @throws ClassCastException where the value is no `type`
  static <T extends @Nullable Object> @Nullable T toJava(Value value, Class<T> type) {
    if (value.isNull() || type == Void.class) {
      return null;
    }
    Object plain = type == Object.class ? plain(value) : as(value, type);
    return type.cast(plain);
  }

  private static @Nullable Object as(Value value, Class<?> type) {
    if (type == byte[].class || type == List.class || type == Map.class) {
      return plain(value);
    }
    return value.as(type);
  }

  private static @Nullable Object plain(Value value) {
    if (value.isNull()) {
      return null;
    }
    if (value.isBoolean()) {
      return value.asBoolean();
    }
    if (value.isString()) {
      return value.asString();
    }
    if (value.isNumber()) {
      return number(value);
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
        map.put(plain(entry.getArrayElement(0)), plain(entry.getArrayElement(1)));
      }
      return map;
    }
    if (value.hasArrayElements()) {
      List<@Nullable Object> list = new ArrayList<>();
      for (long i = 0; i < value.getArraySize(); i++) {
        list.add(plain(value.getArrayElement(i)));
      }
      return list;
    }
    if (value.isHostObject()) {
      return value.asHostObject();
    }
    throw new ClassCastException(
        "a Python "
            + value.getMetaObject().getMetaQualifiedName()
            + " cannot cross to Java; return numbers, strings, bytes, lists or dicts");
  }

  private static Object number(Value value) {
    if (value.fitsInInt()) {
      return value.asInt();
    }
    if (value.fitsInLong()) {
      return value.asLong();
    }
    return value.fitsInBigInteger() ? value.asBigInteger() : (Object) value.asDouble();
  }
}
