package dev.javaloop.embedder;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A JVM of its own, with the flags that a test is about.
final class ChildJvm {
  static final Path RUNTIME = Path.of(System.getProperty("javaloop.runtime")).toAbsolutePath();
  static final Path TEST_CLASSES = Path.of("target/test-classes").toAbsolutePath();
  static final String PYTHON = Path.of("src/test/python").toAbsolutePath().toString();
  private static final int HANG_SECONDS = 240;

  static final List<String> JVMCI = List.of("-XX:+UnlockExperimentalVMOptions", "-XX:+EnableJVMCI");
  static final List<String> MODULES =
      List.of("--module-path", RUNTIME + "/modules", "--add-modules", "ALL-MODULE-PATH");
  static final List<String> COMPILER =
      List.of("--upgrade-module-path", RUNTIME + "/compiler/compiler.jar");
  static final List<String> NATIVE =
      List.of("--enable-native-access=org.graalvm.truffle,dev.javaloop.loop,ALL-UNNAMED");
  static final List<String> UNSAFE = List.of("--sun-misc-unsafe-memory-access=allow");

  /// What it printed, stderr too, and its status.
  record Result(int status, List<String> lines) {
    List<String> starting(String prefix) {
      return lines.stream().filter(line -> line.startsWith(prefix)).toList();
    }

    List<String> containing(String... parts) {
      return lines.stream()
          .filter(line -> List.of(parts).stream().allMatch(line::contains))
          .toList();
    }

    /// The flags that warnings of the bridge name.
    List<String> missingFlags() {
      String mark = "missing JVM flag ";
      return containing(mark).stream()
          .map(line -> line.substring(line.indexOf(mark) + mark.length()).split("[ ;]")[0])
          .toList();
    }

    String text() {
      return String.join("\n", lines);
    }
  }

  private ChildJvm() {}

  /// The test's own java.
  static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /// The jars of the runtime, with another one in the place of the cured language's where given.
  static List<String> jars(Path language) throws IOException {
    List<String> jars = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(RUNTIME.resolve("modules"))) {
      for (Path jar : files) {
        boolean cured = jar.getFileName().toString().startsWith("graalpy-language");
        jars.add((cured && language != null ? language : jar).toString());
      }
    }
    return jars;
  }

  static String path(List<String> parts) {
    return String.join(File.pathSeparator, parts);
  }

  @SafeVarargs
  static Result run(Path java, List<String>... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(java.toString()));
    for (List<String> some : arguments) {
      command.addAll(some);
    }
    Path output = Files.createTempFile("child", ".log");
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().remove("JDK_JAVA_OPTIONS");
      Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
      boolean ended = process.waitFor(HANG_SECONDS, TimeUnit.SECONDS);
      process.destroyForcibly().waitFor();
      Result result = new Result(process.exitValue(), Files.readAllLines(output));
      assertTrue(ended, () -> command + " hangs:\n" + result.text());
      return result;
    } finally {
      Files.delete(output);
    }
  }
}
