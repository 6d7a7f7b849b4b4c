package dev.javaloop.conformance.stage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Folders that scripts and servers had to themselves.
public final class Folders {
  private Folders() {}

  /// Deletes the folder whatever was made of it: gone, closed, or deeper than a path can name. What
  /// cannot be deleted at all stays, in the folder for temporary files.
  public static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      if (Files.exists(folder)) {
        run("chmod", "-R", "u+rwx", "--", folder.toString());
        run("rm", "-rf", "--", folder.toString());
      }
    }
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
    try (InputStream said = process.getInputStream()) {
      said.readAllBytes();
    }
  }
}
