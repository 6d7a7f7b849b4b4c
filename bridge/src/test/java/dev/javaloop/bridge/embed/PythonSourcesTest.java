package dev.javaloop.bridge.embed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The list of files is the folder, and each file is in the jar.
class PythonSourcesTest {
  private static final Path FOLDER = Path.of("src/main/python");

  @Test
  void theListIsTheFolder() throws IOException {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      TreeSet<String> there = new TreeSet<>();
      files
          .filter(Files::isRegularFile)
          .map(file -> FOLDER.relativize(file).toString())
          .filter(file -> !file.contains("__pycache__"))
          .forEach(there::add);
      assertEquals(there, new TreeSet<>(PythonSources.files()));
    }
  }

  @Test
  void theJarHoldsEachFile() throws IOException {
    Path unpacked = PythonSources.directory(null);
    for (String file : PythonSources.files()) {
      assertEquals(
          Files.readString(FOLDER.resolve(file)), Files.readString(unpacked.resolve(file)), file);
    }
    assertEquals(unpacked, PythonSources.directory(null), "once for all");
    assertTrue(unpacked.isAbsolute());
  }

  /// A program that Python runs in: it keeps what it compiled beside its sources.
  static final class Program {
    public static void main(String[] arguments) throws IOException {
      Path unpacked = PythonSources.directory(null);
      Path kept = Files.createDirectory(unpacked.resolve("javaloop").resolve("__pycache__"));
      Files.writeString(kept.resolve("_loop.cpython-312.pyc"), "compiled");
      PythonSources.launcher();
    }
  }

  @Test
  void nothingIsLeftAtTheEnd(@TempDir Path temporary) throws Exception {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                "target/classes:target/test-classes",
                Program.class.getName())
            .inheritIO()
            .start();
    assertEquals(0, program.waitFor());
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(List.of(), left.toList());
    }
  }
}
