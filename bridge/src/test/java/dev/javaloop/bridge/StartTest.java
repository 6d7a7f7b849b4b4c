package dev.javaloop.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// What the builder's settings do.
class StartTest {

  @Test
  void anUnknownOptionIsNamed() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> PythonRuntime.graalpy().option("python.NoSuchOption", "1").start());
    assertTrue(e.getMessage().startsWith("Python did not start: "), e.getMessage());
    assertTrue(e.getMessage().contains("NoSuchOption"), e.getMessage());
  }

  @Test
  void aPosixBackendWithoutDescriptorsIsRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> PythonRuntime.graalpy().option("python.PosixModuleBackend", "java").start());
    assertTrue(e.getMessage().contains("PosixModuleBackend=java"), e.getMessage());
    assertTrue(e.getMessage().contains("leave it native"), e.getMessage());
  }

  @Test
  void twoRuntimesAtATimeAndStreamsOfTheirOwn() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (PythonRuntime one =
            PythonRuntime.graalpy().sources(SharedRuntime.SOURCES).out(out).err(err).start();
        PythonRuntime two = PythonRuntime.graalpy().sources(SharedRuntime.SOURCES).start()) {
      PythonModule app = one.module("app");
      CompletableFuture<Integer> first = app.async("add").call(Integer.class, 1, 2);
      CompletableFuture<Integer> second = two.module("app").async("add").call(Integer.class, 3, 4);
      assertEquals(3, SharedRuntime.get(first));
      assertEquals(7, SharedRuntime.get(second));
      app.function("print_it").call(Void.class, "to out ü");
      app.function("warn_it").call(Void.class, "to err");
      assertEquals("to out ü\n", out.toString(StandardCharsets.UTF_8));
      assertEquals("to err\n", err.toString(StandardCharsets.UTF_8));

      // A future of one may be awaited in the other.
      CompletableFuture<String> passed = app.async("echo").call(String.class, "across");
      assertEquals(
          "across",
          SharedRuntime.get(two.module("app").async("await_it").call(String.class, passed)));
      assertTrue(one.close(Duration.ofSeconds(SharedRuntime.HANG_SECONDS)));
      assertEquals(9, SharedRuntime.get(two.module("app").async("add").call(Integer.class, 4, 5)));
    }
  }

  @Test
  void thePackageInTheJarIsEnough() {
    String runtime = System.clearProperty("javaloop.runtime");
    try (PythonRuntime python = PythonRuntime.graalpy().sources(SharedRuntime.SOURCES).start()) {
      PythonModule app = python.module("app");
      assertEquals("javaloop.Loop", SharedRuntime.get(app.async("loop_type").call(String.class)));
      assertEquals(
          "javaloop",
          python.module("javaloop").function("Loop.__module__.strip").call(String.class));
    } finally {
      System.setProperty("javaloop.runtime", runtime);
    }
  }
}
