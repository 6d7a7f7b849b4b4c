package dev.javaloop.internal;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Converts a Python result to the Java type that the caller asked for.
public final class Results {
  /// Deeper lists and maps contain themselves, in all likelihood.
  public static final int MAX_DEPTH = 200;

  private Results() {}

  /// Gives what Java asked for.
  ///
  /// @param found null, a `Boolean`, an int as [#narrowest] gives it, a `Double`, or any other
  ///   object
  /// @param kind Python's word for it, where its Java class does not tell
  /// @throws ClassCastException where it is no `type`
  public static <T extends @Nullable Object> @Nullable T cast(
      @Nullable Object found, Class<T> type, Supplier<String> kind) {
    if (found == null || type.isInstance(found)) {
      return type.cast(found);
    }
    // A wider number of the same kind: whether Python's int is short or long is not its business.
    if (found instanceof Number number) {
      Object widened = number instanceof Double d ? real(d, type) : integer(big(number), type);
      if (widened != null) {
        return type.cast(widened);
      }
    }
    throw new ClassCastException(
        "Python's result is a %s, which is no %s".formatted(word(found, kind), type.getTypeName()));
  }

  private static String word(Object found, Supplier<String> kind) {
    return switch (found) {
      case Boolean _ -> "bool";
      case Double d -> "float (" + d + ")";
      case Number n -> "int (" + n + ")";
      case String _ -> "str";
      default -> kind.get();
    };
  }

  private static @Nullable Object real(double value, Class<?> type) {
    return type == Float.class && Double.compare((float) value, value) == 0
        ? (Object) (float) value
        : null;
  }

  private static @Nullable Object integer(BigInteger value, Class<?> type) {
    int bits = value.bitLength();
    if (type == Double.class) {
      double real = value.doubleValue();
      return isExactly(value, real) ? (Object) real : null;
    }
    if (type == Float.class) {
      float real = value.floatValue();
      return isExactly(value, real) ? (Object) real : null;
    }
    if (type == BigInteger.class) {
      return value;
    }
    if (type == Long.class) {
      return bits < Long.SIZE ? (Object) value.longValue() : null;
    }
    if (type == Short.class) {
      return bits < Short.SIZE ? (Object) value.shortValue() : null;
    }
    if (type == Byte.class) {
      return bits < Byte.SIZE ? (Object) value.byteValue() : null;
    }
    return null;
  }

  private static boolean isExactly(BigInteger value, double real) {
    return Double.isFinite(real) && new BigDecimal(real).compareTo(new BigDecimal(value)) == 0;
  }

  private static BigInteger big(Number number) {
    return number instanceof BigInteger big ? big : BigInteger.valueOf(number.longValue());
  }

  /// An `Integer`, a `Long` or a `BigInteger`, the first that holds it.
  public static Number narrowest(Number number) {
    if (number instanceof BigInteger big && big.bitLength() >= Long.SIZE) {
      return big;
    }
    long value = number.longValue();
    if (value == (int) value) {
      return (int) value;
    }
    return value;
  }
}
