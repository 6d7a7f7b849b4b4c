package dev.javaloop.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How a JVM ends that has booted CPython: each time one of its own.
@EnabledIfSystemProperty(named = "javaloop.test.engine", matches = "CPYTHON")
class CPythonEndTest {
  @TempDir Path folder;

  private record Ended(int status, String output) {}

  private Ended run(String ending) throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:ErrorFile=" + folder.resolve("crash"),
                "-Djavaloop.test.python=" + Engine.VERSION,
                "-cp",
                classPath,
                Program.class.getName(),
                ending)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(SharedRuntime.HANG_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly().waitFor();
    Ended result = new Ended(process.exitValue(), Files.readString(output));
    assertTrue(ended, "it hangs: " + result);
    assertTrue(Files.notExists(folder.resolve("crash")), "it crashed: " + result);
    return result;
  }

  @ParameterizedTest
  @CsvSource({
    "main ends, 0",
    "main ends and it is open, 0",
    "exit, 7",
    "exit in a dependent, 7",
    "exit and a hook closes, 7",
    "main ends and a hook closes, 0",
    "exit while it starts, 7",
  })
  void itEndsAsItWould(String ending, int status) throws Exception {
    Ended ended = run(ending);
    assertEquals(new Ended(status, "served\n"), ended);
  }

  @Test
  void sigtermEndsTheJvmAndItsHooksRun() throws Exception {
    Ended ended = run("terminated");
    assertEquals(new Ended(143, "served\nclosed\n"), ended);
  }

  /// A program that uses CPython; Python has threads and a task besides.
  static final class Program {
    public static void main(String[] arguments) throws Exception {
      String ending = arguments[0];
      if (ending.equals("exit while it starts")) {
        System.out.println("served");
        Thread.ofPlatform()
            .daemon()
            .start(() -> PythonRuntime.cpython().python(Engine.cpython()).start());
        Thread.sleep(Duration.ofMillis(200)); // any state of it is one to end in
        System.exit(7);
      }
      PythonRuntime python =
          PythonRuntime.cpython().python(Engine.cpython()).sources(SharedRuntime.SOURCES).start();
      PythonModule app = python.module("app");
      python
          .module("builtins")
          .function("exec")
          .call(
              Void.class,
              """
              import threading, time
              def work():
                  while True:
                      time.sleep(0.0001)
              for _ in range(3):
                  threading.Thread(target=work, daemon=True).start()
              """,
              Map.of());
      CompletableFuture<Object> forever = app.async("sleep_forever").call(Object.class, "e");
      if (ending.endsWith("a hook closes")) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(python, forever)));
      }
      System.out.println("served");
      switch (ending) {
        case "main ends" -> close(python, forever);
        case "exit", "exit and a hook closes" -> System.exit(7);
        case "exit in a dependent" -> {
          CompletableFuture<Object> gate = new CompletableFuture<>();
          CompletableFuture<Void> exits =
              app.async("await_it").call(Object.class, gate).thenAccept(_ -> System.exit(7));
          gate.complete(1);
          exits.join();
        }
        case "terminated" -> {
          Runtime.getRuntime()
              .addShutdownHook(
                  new Thread(
                      () -> {
                        close(python, forever);
                        System.out.println("closed");
                      }));
          new ProcessBuilder(List.of("kill", "-TERM", "" + ProcessHandle.current().pid())).start();
          Thread.sleep(Duration.ofSeconds(SharedRuntime.HANG_SECONDS));
        }
        default -> {}
      }
    }

    private static void close(PythonRuntime python, CompletableFuture<Object> forever) {
      python.close();
      if (!forever.isDone()) {
        System.out.println("a call is left");
      }
    }
  }
}
