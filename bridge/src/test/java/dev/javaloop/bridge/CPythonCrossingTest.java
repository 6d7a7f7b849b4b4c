package dev.javaloop.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Values at the edges of what crosses.
@EnabledIfSystemProperty(named = "javaloop.test.engine", matches = "JEP|CPYTHON")
class CPythonCrossingTest extends SharedRuntime {

  @ParameterizedTest
  @ValueSource(strings = {"\uDCFF", "a\uDCFFb", "\uD83D", "\uDC0D\uD83D", "\uD83D\uDC0D\uD83D"})
  void halvesOfSurrogates(String text) {
    assertEquals(text, call("echo", String.class, text));
  }

  @Test
  void integersOfEveryLength() {
    Random random = new Random(1);
    for (int bits = 1; bits < 200; bits++) {
      BigInteger value = new BigInteger(bits, random).setBit(bits - 1);
      for (BigInteger each : List.of(value, value.negate())) {
        assertEquals(each.toString(), call("evaluate", String.class, "str(" + each + ")"));
        assertEquals(each, call("echo", BigInteger.class, each));
        assertEquals("int " + each, call("describe", String.class, each));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "__import__('collections').OrderedDict(a=1)|{a=1}",
        "__import__('enum').IntEnum('E', 'X Y').Y|2",
        "__import__('signal').SIGINT|2",
        "__import__('collections').namedtuple('P', 'x y')(1, 2)|[1, 2]",
        "[range(2), type('S', (str,), {})('x'), type('F', (float,), {})(0.5)]|[[0, 1], x, 0.5]",
      })
  void subclassesAreWhatTheyDeriveFrom(String expression, String expected) {
    assertEquals(expected, String.valueOf(call("evaluate", Object.class, expression)));
  }

  @Test
  void otherJavaObjectsInside() {
    Object one = new Object();
    Object two = new Object();
    Map<?, ?> back = call("echo", Map.class, Map.of("k", List.of(one, two, 1), 2, one));
    List<?> list = (List<?>) back.get("k");
    assertSame(one, list.get(0));
    assertSame(two, list.get(1));
    assertEquals(1, list.get(2));
    assertSame(one, back.get(2));
    ClassCastException e =
        assertThrows(ClassCastException.class, () -> call("pair_with_complex", Object.class, one));
    assertTrue(e.getMessage().contains("complex cannot cross"), e.getMessage());
  }

  @Test
  void aListIsNoKey() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> call("echo", Object.class, Map.of(List.of(1), 1)));
    assertEquals("a list or map is no key in Python", e.getMessage());
    assertEquals(1, call("echo", Integer.class, 1), "the next call is not harmed");
  }
}
