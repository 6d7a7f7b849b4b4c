package dev.javaloop.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;

/// The engine that the tests of the API run on: the build runs them once on each.
enum Engine {
  GRAALPY,
  CPYTHON,
  JEP;

  /// Of CPython.
  static final String VERSION = System.getProperty("javaloop.test.python", "3.12");

  static final Engine CURRENT = valueOf(System.getProperty("javaloop.test.engine", "GRAALPY"));

  private static final String THREAD = "javaloop-python";

  static PythonRuntime start() {
    return switch (CURRENT) {
      case GRAALPY -> PythonRuntime.graalpy().sources(SharedRuntime.SOURCES).start();
      case CPYTHON ->
          PythonRuntime.cpython().python(cpython()).sources(SharedRuntime.SOURCES).start();
      case JEP -> PythonRuntime.jep().python(cpython()).sources(SharedRuntime.SOURCES).start();
    };
  }

  /// The CPython that the tests need: 3.12, or the version that the build names.
  static Path cpython() {
    try {
      Process process = new ProcessBuilder("../ci/find-python", VERSION).start();
      String found = new String(process.getInputStream().readAllBytes()).strip();
      assertEquals(0, process.waitFor(), "ci/find-python");
      return Path.of(found);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// The thread of the one runtime that is open.
  static Thread loopThread() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(THREAD))
        .findFirst()
        .orElseThrow();
  }

  /// CPython's main thread lives as long as the process: it is free for the next runtime then.
  static void assertEnded(Thread loopThread) throws InterruptedException {
    if (CURRENT == GRAALPY) {
      assertTrue(loopThread.join(Duration.ofSeconds(SharedRuntime.HANG_SECONDS)), "it ended");
    } else {
      assertNotEquals(THREAD, loopThread.getName());
    }
  }
}
