package dev.javaloop.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Plain functions as Java calls them.
class PlainFunctionTest extends SharedRuntime {

  @Test
  void theResultIsReturned() {
    assertEquals("x", app.function("echo_now").call(String.class, "x"));
    assertEquals(3.0, python.module("math").function("sqrt").call(Double.class, 9));
  }

  @Test
  void whatItRaisesIsThrownInTheCallersThread() {
    PythonException e =
        assertThrows(
            PythonException.class, () -> app.function("fail_now").call(Object.class, "key"));
    assertEquals("KeyError", e.type());
    assertEquals("'key'", e.pythonMessage());
    AsyncCallTest.assertScriptFramesOnly(e.traceback());
    assertTrue(
        Arrays.stream(e.getStackTrace())
            .anyMatch(frame -> frame.getClassName().equals(PlainFunctionTest.class.getName())),
        "the stack is the caller's");
    assertSame(null, e.getCause());
  }

  @Test
  void anotherTypeIsNamed() {
    ClassCastException e =
        assertThrows(
            ClassCastException.class, () -> app.function("echo_now").call(Integer.class, "x"));
    assertEquals("Python's result is a str, which is no java.lang.Integer", e.getMessage());
  }

  @Test
  void contextVariablesAreEachCallsOwn() {
    assertEquals("mine", app.function("set_setting").call(String.class, "mine"));
    assertEquals("unset", app.function("get_setting").call(String.class));
  }

  @Test
  void outputGoesToTheProcess() {
    app.function("print_it").call(Void.class, "printed by Python");
  }
}
