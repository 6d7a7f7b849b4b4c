package dev.javaloop.bridge.embed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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
  private static final String PACKAGE = RESOURCES + "python/javaloop/";
  private static final String LEGACY = "javaloop_legacy.py";

  /// Kept beside the package by hand; a test compares it with the folder.
  static final List<String> FILES =
      List.of(
          "__init__.py",
          "_alias.py",
          "_anext.py",
          "_asyncio.py",
          "_asyncio.pyi",
          "_cpython_loop.py",
          "_cpython_pass.py",
          "_cpython_timers.py",
          "_embed.py",
          "_embed_jep.py",
          "_graalpy_loop.py",
          "_host.py",
          "_jep.py",
          "_kernel.py",
          "_loop.py",
          "_main.py",
          "_names.py",
          "_pass.py",
          "_pipes.py",
          "_policy.py",
          "_repl.py",
          "_signals.py",
          "_start.py",
          "_task.py",
          "_tls.py",
          "_toplevel.py",
          "_tracebacks.py",
          "_transports.py",
          "_uvloop.py",
          "py.typed");

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
        Path target = Files.createDirectory(directory.resolve("javaloop"));
        for (String file : FILES) {
          copy(PACKAGE + file, target.resolve(file));
        }
        copy(RESOURCES + "python/" + LEGACY, directory.resolve(LEGACY));
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

  private static void copy(String resource, Path target) throws IOException {
    try (InputStream in = PythonSources.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the bridge's jar lacks " + resource);
      }
      Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
