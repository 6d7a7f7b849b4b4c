package dev.javaloop.conformance.stage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Folders that scripts and servers had to themselves.
public final class Folders {
  /// What a program that is told to stop still has to delete.
  private static final Set<Path> LIVE = ConcurrentHashMap.newKeySet();

  private Folders() {}

  /// A new one, in the folder for temporary files.
  public static Path make(String prefix) throws IOException {
    Path folder = Files.createTempDirectory(prefix).toRealPath();
    LIVE.add(folder);
    return folder;
  }

  /// Deletes those that were made and are there yet.
  public static void deleteAll() {
    LIVE.forEach(Folders::deleteOrSay);
  }

  /// For when the program ends, and nobody can be told otherwise.
  static void deleteOrSay(Path folder) {
    try {
      delete(folder);
    } catch (IOException e) {
      System.err.println("conformance: " + folder + " stays: " + e.getMessage());
    }
  }

  /// Deletes the folder whatever was made of it: gone, closed, or deeper than a path can name. What
  /// cannot be deleted at all stays, in the folder for temporary files.
  public static void delete(Path folder) throws IOException {
    LIVE.remove(folder);
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
