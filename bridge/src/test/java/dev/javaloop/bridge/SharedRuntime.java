package dev.javaloop.bridge;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/// One runtime for all tests of a class: opening one takes seconds.
abstract class SharedRuntime {
  /// Only what hangs takes this long.
  static final int HANG_SECONDS = 120;

  static final Path SOURCES = Path.of("src/test/python");

  static PythonRuntime python;
  static PythonModule app;

  @BeforeAll
  static void start() {
    python = Engine.start();
    app = python.module("app");
  }

  @AfterAll
  static void close() {
    assertTrue(python.close(Duration.ofSeconds(HANG_SECONDS)), "all of it ended");
  }

  static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(HANG_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  static <T> T call(String function, Class<T> type, Object... arguments) {
    return get(app.async(function).call(type, arguments));
  }
}
