package dev.javaloop.bridge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What crosses arrives as what it was, in both directions.
class CrossingTest extends SharedRuntime {
  private static final BigInteger BIG = BigInteger.TWO.pow(200).negate();

  static List<Object> sameThereAndBack() {
    return List.of(
        true,
        false,
        0,
        -1,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Integer.MAX_VALUE + 1L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        BIG,
        BigInteger.valueOf(Long.MAX_VALUE).add(BigInteger.ONE),
        0.5,
        2.0,
        -0.0,
        Double.MIN_VALUE,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        "",
        "text",
        "ünïcödé \uD83D\uDC0D \u0000 end",
        List.of(),
        List.of(1, "two", List.of(3.0, true)),
        Map.of(),
        Map.of("key", List.of(1), "other", Map.of(1, "one")),
        Map.of(1, "one"));
  }

  @ParameterizedTest
  @MethodSource
  void sameThereAndBack(Object value) {
    assertEquals(value, call("echo", Object.class, value));
  }

  @Test
  void nullIsNone() {
    assertNull(call("echo", Object.class, (Object) null));
    assertNull(call("echo", Integer.class, (Object) null));
    assertEquals("NoneType None", call("describe", String.class, (Object) null));
    List<Object> withNull = Arrays.asList(null, 1, null);
    assertEquals(withNull, call("echo", List.class, withNull));
    assertEquals("list [None, 1, None]", call("describe", String.class, withNull));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1|int 1",
        "true|bool True",
        "2.0|float 2.0",
        "big|int " + (1L << 40),
        "bytes|bytes b'\\x00\\xff'",
        "list|list [1, [2]]",
        "map|dict {'a': 1, 'b': None}",
        "char|str 'c'",
        "short|int 3",
        "float|float 0.5",
        "byte|int -3",
        "integer|int 1267650600228229401496703205376",
        "small|int 5"
      })
  void pythonSeesItsOwnTypes(String name, String expected) {
    Map<String, Object> ordered = new LinkedHashMap<>();
    ordered.put("a", 1);
    ordered.put("b", null);
    Object value =
        switch (name) {
          case "1" -> 1;
          case "true" -> true;
          case "2.0" -> 2.0;
          case "big" -> 1L << 40;
          case "bytes" -> new byte[] {0, -1};
          case "list" -> List.of(1, List.of(2));
          case "map" -> ordered;
          case "char" -> 'c';
          case "short" -> (short) 3;
          case "float" -> 0.5f;
          case "byte" -> (byte) -3;
          case "integer" -> BigInteger.TWO.pow(100);
          case "small" -> BigInteger.valueOf(5);
          default -> throw new AssertionError(name);
        };
    assertEquals(expected, call("describe", String.class, value));
  }

  @Test
  void bytesOfEveryLength() {
    Random random = new Random(1);
    for (int length : new int[] {0, 1, 2, 1023, 1024, 1_000_000}) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      assertArrayEquals(bytes, call("echo", byte[].class, bytes));
      assertArrayEquals(bytes, (byte[]) call("echo", Object.class, bytes));
    }
    byte[] fromBytearray = call("evaluate", byte[].class, "bytearray(b'abc')");
    assertArrayEquals(new byte[] {'a', 'b', 'c'}, fromBytearray);
    assertArrayEquals(new byte[] {'b'}, call("evaluate", byte[].class, "memoryview(b'abc')[1:2]"));
  }

  @Test
  void tuplesAndRangesAreLists() {
    assertEquals(List.of(1, "a"), call("evaluate", List.class, "(1, 'a')"));
    assertEquals(List.of(0, 1, 2), call("evaluate", List.class, "range(3)"));
  }

  @Test
  void nestedBytes() {
    Map<?, ?> map = call("echo", Map.class, Map.of("data", List.of(new byte[] {1, 2})));
    List<?> data = assertInstanceOf(List.class, map.get("data"));
    assertArrayEquals(new byte[] {1, 2}, (byte[]) data.get(0));
  }

  @Test
  void numbersAsWide() {
    assertEquals(1L, call("evaluate", Long.class, "1"));
    assertEquals(BigInteger.ONE, call("evaluate", BigInteger.class, "1"));
    assertEquals(1.0, call("evaluate", Double.class, "1"));
    assertEquals(0.5f, call("evaluate", Float.class, "0.5"));
    assertEquals((short) 1, call("evaluate", Short.class, "1"));
    assertEquals((byte) 1, call("evaluate", Byte.class, "1"));
    assertEquals(2.5, call("evaluate", Number.class, "2.5"));
    assertNull(call("evaluate", Void.class, "object()"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'text'|java.lang.Integer|str",
        "1|java.lang.String|int (1)",
        "2.0|java.lang.Long|float (2.0)",
        "True|java.lang.Integer|bool",
        "2**40|java.lang.Integer|int (1099511627776)",
        "2**70|java.lang.Long|int (1180591620717411303424)",
        "2**2000|java.lang.Double|int (",
        "b''|java.lang.String|bytes",
        "[]|java.util.Map|list",
        "{}|java.util.List|dict",
      })
  void anotherTypeThanAskedForIsNamed(String expression, Class<?> type, String found) {
    ClassCastException e =
        assertThrows(ClassCastException.class, () -> call("evaluate", type, expression));
    assertTrue(e.getMessage().contains("Python's result is a " + found), e.getMessage());
    assertTrue(e.getMessage().endsWith("which is no " + type.getName()), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "object(),object",
    "{1},set",
    "1j,complex",
    "[object()],object",
    "len,builtin_function_or_method"
  })
  void whatCannotCrossIsNamed(String expression, String kind) {
    ClassCastException e =
        assertThrows(ClassCastException.class, () -> call("evaluate", Object.class, expression));
    assertTrue(e.getMessage().contains(kind + " cannot cross to Java"), e.getMessage());
  }

  @Test
  void whatContainsItselfIsRefused() {
    ClassCastException out =
        assertThrows(
            ClassCastException.class,
            () -> call("evaluate", Object.class, "(a := [], a.append(a))[0]"));
    assertTrue(out.getMessage().contains("contains itself"), out.getMessage());
    List<Object> list = new ArrayList<>();
    list.add(list);
    IllegalArgumentException in =
        assertThrows(IllegalArgumentException.class, () -> call("echo", Object.class, list));
    assertTrue(in.getMessage().contains("contains itself"), in.getMessage());
  }

  @Test
  void otherJavaObjectsComeBackAsTheyWere() {
    Thread thread = Thread.currentThread();
    assertSame(thread, call("echo", Thread.class, thread));
    assertSame(thread, call("echo", Object.class, thread));
    ClassCastException e =
        assertThrows(ClassCastException.class, () -> call("echo", String.class, thread));
    assertTrue(e.getMessage().endsWith("which is no java.lang.String"), e.getMessage());
  }

  @Test
  void pythonCannotUseOtherJavaObjects() {
    PythonException e =
        assertThrows(
            PythonException.class,
            () -> get(python.module("operator").async("methodcaller").call(Object.class, "x")));
    assertEquals("TypeError", e.type());
    PythonException denied =
        assertThrows(
            PythonException.class,
            () ->
                python
                    .module("builtins")
                    .function("getattr")
                    .call(Object.class, Thread.currentThread(), "interrupt"));
    assertEquals("AttributeError", denied.type());
  }

  @Test
  void primitiveTypesAreRefused() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> call("echo", int.class, 1));
    assertTrue(e.getMessage().contains("boxed"), e.getMessage());
  }

  @Test
  void whatCrossedIsACopy() {
    Map<String, Object> map = new HashMap<>(Map.of("a", 1));
    Map<?, ?> back = call("echo", Map.class, map);
    map.put("b", 2);
    assertEquals(Map.of("a", 1), back);
  }
}
