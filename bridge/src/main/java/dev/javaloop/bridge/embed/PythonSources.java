package dev.javaloop.bridge.embed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where the Python package `javaloop` lies on disk.
public final class PythonSources {
  private static final String RESOURCES = "META-INF/javaloop/";
  private static final String PYTHON = RESOURCES + "python/";

  /// Names all files of the folder, one a line. The build writes it: what is in a jar cannot be
  /// listed where that is in another jar.
  private static final String INDEX = PYTHON + "files";

  /// Where `javaloop.runtime` points: the standard library with its .pyc, and this package's
  /// Python.
  private static final String RUNTIME = "javaloop.runtime";

  private PythonSources() {}

  /// A part of what `ci/build` has made, if it has.
  public static @Nullable Path prepared(String part) {
    String directory = System.getProperty(RUNTIME);
    Path path = directory == null ? null : Path.of(directory, part);
    return path != null && Files.isDirectory(path) ? path : null;
  }

  /// The prepared directory where there is one, else a temporary copy of what the jar holds.
  public static Path directory(@Nullable Path prepared) {
    return prepared != null ? prepared : Unpacked.DIRECTORY;
  }

  /// A copy of `jep.py`, which finds the JEP of an interpreter.
  public static Path launcher() {
    return Launcher.FILE;
  }

  /// Deletes a directory with all that is in it.
  public static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private static final class Unpacked {
    static final Path DIRECTORY = unpack();

    private static Path unpack() {
      try {
        Path directory = Files.createTempDirectory("javaloop-python");
        Thread atExit = new Thread(() -> deleteOrSay(directory), "javaloop-python-sources");
        Runtime.getRuntime().addShutdownHook(atExit);
        for (String file : files()) {
          Path target = directory.resolve(file);
          Files.createDirectories(target.getParent());
          copy(PYTHON + file, target);
        }
        return directory;
      } catch (IOException e) {
        throw new UncheckedIOException("the Python package could not be unpacked", e);
      }
    }

    /// With what Python keeps beside its sources. What is made meanwhile stays, in the folder for
    /// temporary files.
    private static void deleteOrSay(Path directory) {
      try {
        delete(directory);
      } catch (IOException | UncheckedIOException e) {
        System.err.println("javaloop: " + directory + " stays: " + e.getMessage());
      }
    }
  }

  private static final class Launcher {
    static final Path FILE = unpack();

    private static Path unpack() {
      try {
        Path file = Files.createTempFile("javaloop-jep", ".py");
        file.toFile().deleteOnExit();
        copy(RESOURCES + "jep.py", file);
        return file;
      } catch (IOException e) {
        throw new UncheckedIOException("jep.py could not be unpacked", e);
      }
    }
  }

  /// Paths of all files, from the folder that is put on `sys.path`.
  static List<String> files() throws IOException {
    try (InputStream in = open(INDEX)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static void copy(String resource, Path target) throws IOException {
    try (InputStream in = open(resource)) {
      Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static InputStream open(String resource) {
    InputStream in = PythonSources.class.getClassLoader().getResourceAsStream(resource);
    if (in == null) {
      throw new IllegalStateException("the bridge's jar lacks " + resource);
    }
    return in;
  }
}
