package dev.javaloop.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// What the settings of a runtime on CPython do, and how one follows another.
@EnabledIfSystemProperty(named = "javaloop.test.engine", matches = "JEP")
class JepStartTest {
  @TempDir Path folder;

  private static JepBuilder jep() {
    return PythonRuntime.jep().python(Engine.cpython()).sources(SharedRuntime.SOURCES);
  }

  private static String refusal(JepBuilder builder) {
    return assertThrows(IllegalStateException.class, builder::start).getMessage();
  }

  @Test
  void noInterpreterIsNoRuntime() {
    Path missing = folder.resolve("python");
    String message = refusal(PythonRuntime.jep().python(missing));
    assertTrue(message.contains("no Python interpreter"), message);
    assertTrue(message.contains(missing.toString()), message);
  }

  @Test
  void oneAfterTheOther() {
    try (PythonRuntime first = jep().start()) {
      first.module("builtins").function("exec").call(Void.class, "import app; app.VERSION = 2");
      String message = refusal(jep());
      assertTrue(message.contains("close that one first"), message);
    }
    try (PythonRuntime second = jep().start()) {
      PythonFunction evaluate = second.module("builtins").function("eval");
      assertEquals(1, evaluate.call(Integer.class, "__import__('app').VERSION"), "its own");
    }
  }

  @Test
  void streamsOfItsOwn() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (PythonRuntime python = jep().out(out).err(err).start()) {
      python.module("app").function("print_it").call(Void.class, "to out ü");
      python.module("app").function("warn_it").call(Void.class, "to err");
    }
    try (PythonRuntime python = jep().start()) {
      python.module("app").function("print_it").call(Void.class, "to the process");
    }
    assertEquals("to out ü\n", out.toString(StandardCharsets.UTF_8));
    assertEquals("to err\n", err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void pythonHasItsMainThreadAndTheJvmItsSignals() {
    try (PythonRuntime python = jep().start()) {
      PythonFunction evaluate = python.module("builtins").function("eval");
      assertEquals(
          true,
          evaluate.call(
              Boolean.class, "(t := __import__('threading')).current_thread() is t.main_thread()"));
      assertEquals(
          "SIG_DFL", evaluate.call(String.class, "__import__('signal').getsignal(2).name"));
    }
  }
}
