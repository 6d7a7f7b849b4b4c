package dev.javaloop.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How runtimes on CPython start and follow each other, and what they keep alive.
@EnabledIfSystemProperty(named = "javaloop.test.engine", matches = "CPYTHON")
class CPythonStartTest {
  @TempDir Path folder;

  private static CPythonBuilder cpython() {
    return PythonRuntime.cpython().python(Engine.cpython()).sources(SharedRuntime.SOURCES);
  }

  private static String refusal(CPythonBuilder builder) {
    return assertThrows(IllegalStateException.class, builder::start).getMessage();
  }

  @Test
  void noInterpreterIsNoRuntime() {
    Path missing = folder.resolve("python");
    String message = refusal(PythonRuntime.cpython().python(missing));
    assertTrue(message.contains("no Python interpreter"), message);
    assertTrue(message.contains(missing.toString()), message);
  }

  /// Each is a program that answers like an interpreter.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pypy 3.11 /p 0 /lib.so|/p is pypy 3.11; CPython 3.10 to 3.14 is supported",
        "cpython 3.9 /p 0 /lib.so|/p is cpython 3.9; CPython 3.10 to 3.14 is supported",
        "cpython 3.15 /p 0 /lib.so|/p is cpython 3.15; CPython 3.10 to 3.14 is supported",
        "cpython 3.13 /p 1 /lib.so|/p is cpython 3.13, a free-threaded build, which is not"
            + " supported",
        "cpython 3.11 /p 0|install libpython3.11",
        "hello|it does not answer",
      })
  void whatCannotRunInAJvmIsRefused(String answer, String refusal) throws IOException {
    Path program = folder.resolve("python");
    String lines = String.join("\n", answer.split(" "));
    Files.writeString(program, "#!/bin/sh\ncat <<'E'\n" + lines + "\n\nE\n");
    assertTrue(program.toFile().setExecutable(true));
    String message = refusal(PythonRuntime.cpython().python(program));
    assertTrue(message.contains(refusal), message);
    assertEquals(1, message.lines().count());
  }

  @Test
  void oneAfterTheOther() {
    try (PythonRuntime first = cpython().start()) {
      first.module("builtins").function("exec").call(Void.class, "import app; app.VERSION = 2");
      String message = refusal(cpython());
      assertTrue(message.contains("close that one first"), message);
    }
    try (PythonRuntime second = cpython().start()) {
      PythonFunction evaluate = second.module("builtins").function("eval");
      assertEquals(1, evaluate.call(Integer.class, "__import__('app').VERSION"), "its own");
    }
  }

  @Test
  void anotherInterpreterIsRefused() throws Exception {
    Path venv = folder.resolve("venv");
    assertEquals(
        0,
        new ProcessBuilder(
                Engine.cpython().toString(), "-m", "venv", "--without-pip", venv.toString())
            .inheritIO()
            .start()
            .waitFor());
    cpython().start().close();
    String message = refusal(PythonRuntime.cpython().python(venv));
    assertTrue(message.contains("for its life; it cannot run " + venv), message);
  }

  @Test
  void streamsOfItsOwn() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (PythonRuntime python = cpython().out(out).err(err).start()) {
      python.module("app").function("print_it").call(Void.class, "to out ü");
      python.module("app").function("warn_it").call(Void.class, "to err");
    }
    try (PythonRuntime python = cpython().start()) {
      python.module("app").function("print_it").call(Void.class, "to the process");
    }
    assertEquals("to out ü\n", out.toString(StandardCharsets.UTF_8));
    assertEquals("to err\n", err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void pythonHasItsMainThreadAndTheJvmItsSignals() {
    try (PythonRuntime python = cpython().start()) {
      PythonFunction evaluate = python.module("builtins").function("eval");
      assertEquals(
          true,
          evaluate.call(
              Boolean.class, "(t := __import__('threading')).current_thread() is t.main_thread()"));
      for (int signal : new int[] {1, 2, 15}) {
        assertEquals(
            "SIG_DFL",
            evaluate.call(String.class, "__import__('signal').getsignal(" + signal + ").name"));
      }
      assertEquals(
          Engine.cpython().toString(), evaluate.call(String.class, "__import__('sys').executable"));
      assertEquals(List.of(""), evaluate.call(List.class, "__import__('sys').argv"));
    }
  }

  @Test
  void aHandlerThatIsPutBackIsTheJvms() {
    try (PythonRuntime python = cpython().start()) {
      python
          .module("builtins")
          .function("exec")
          .call(
              Void.class,
              """
              import ctypes, signal
              def action():
                  memory = ctypes.create_string_buffer(256)
                  ctypes.CDLL(None).sigaction(15, None, memory)
                  return memory.raw[:16]  # the rest is what lay there before
              jvm = action()
              before = signal.signal(signal.SIGTERM, lambda *_: None)
              assert action() != jvm
              signal.signal(signal.SIGTERM, before)
              assert action() == jvm
              """,
              Map.of());
    }
  }

  @Test
  void nothingIsKeptAliveByWhatHasEnded() throws InterruptedException {
    try (PythonRuntime python = cpython().start()) {
      PythonModule app = python.module("app");
      python
          .module("builtins")
          .function("exec")
          .call(
              Void.class,
              """
              import app, weakref
              class Thing(list): pass
              things = []
              async def make(_):
                  thing = Thing([_])
                  things.append(weakref.ref(thing))
                  return thing
              app.make, app.alive = make, lambda: sum(each() is not None for each in things)
              """,
              Map.of());
      Object argument = new Object();
      WeakReference<Object> java = new WeakReference<>(argument);
      List<?> made = SharedRuntime.get(app.async("make").call(List.class, argument));
      assertSame(argument, made.getFirst());
      CompletableFuture<Object> waiting = app.async("sleep_forever").call(Object.class, "kept");
      waiting.cancel(true);
      SharedRuntime.get(app.async("settle").call(Void.class));
      assertEquals(0, app.function("alive").call(Integer.class), "Python's result is gone");
      made = null;
      argument = null;
      for (int i = 0; i < 100 && java.get() != null; i++) {
        System.gc();
        Thread.sleep(10);
      }
      assertEquals(null, java.get(), "and so is Java's argument");
      assertNotNull(waiting);

      python
          .module("builtins")
          .function("exec")
          .call(
              Void.class,
              """
              import app, weakref
              app.passing = lambda: None
              passing = weakref.ref(app.passing)
              app.passing_alive = lambda: passing() is not None
              """,
              Map.of());
      app.function("passing").call(Void.class);
      python
          .module("builtins")
          .function("exec")
          .call(Void.class, "import app; del app.passing", Map.of());
      PythonFunction alive = app.function("passing_alive");
      boolean isAlive = true;
      for (int i = 0; i < 100 && isAlive; i++) {
        System.gc();
        Thread.sleep(10);
        isAlive = alive.call(Boolean.class);
      }
      assertEquals(false, isAlive, "a function that Java has looked up and lost is gone");
    }
  }
}
