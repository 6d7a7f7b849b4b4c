package dev.javaloop.bridge.embed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The list of files is the folder, and each file is in the jar.
class PythonSourcesTest {
  private static final Path PACKAGE = Path.of("src/main/python/javaloop");

  @Test
  void theListIsTheFolder() throws IOException {
    try (Stream<Path> files = Files.walk(PACKAGE)) {
      TreeSet<String> there = new TreeSet<>();
      files
          .filter(Files::isRegularFile)
          .map(file -> PACKAGE.relativize(file).toString())
          .filter(file -> !file.contains("__pycache__"))
          .forEach(there::add);
      assertEquals(there, new TreeSet<>(PythonSources.FILES));
    }
  }

  @Test
  void theJarHoldsEachFile() throws IOException {
    Path unpacked = PythonSources.directory(null);
    for (String file : PythonSources.FILES) {
      assertEquals(
          Files.readString(PACKAGE.resolve(file)),
          Files.readString(unpacked.resolve("javaloop").resolve(file)),
          file);
    }
    assertTrue(Files.isRegularFile(unpacked.resolve("javaloop_legacy.py")));
    assertEquals(unpacked, PythonSources.directory(null), "once for all");
    assertTrue(unpacked.isAbsolute());
  }
}
