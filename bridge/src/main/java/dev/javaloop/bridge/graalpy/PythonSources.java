package dev.javaloop.bridge.graalpy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the Python package `javaloop` lies on disk.
final class PythonSources {
  private static final String RESOURCES = "META-INF/javaloop/python/javaloop/";

  /// Kept beside the package by hand; a test compares it with the folder.
  static final List<String> FILES =
      List.of(
          "__init__.py",
          "_alias.py",
          "_anext.py",
          "_asyncio.py",
          "_asyncio.pyi",
          "_cpython_loop.py",
          "_embed.py",
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

  private PythonSources() {}

  /// The prepared directory where there is one, else a temporary copy of what the jar holds.
  static Path directory(@Nullable Path prepared) {
    return prepared != null ? prepared : Unpacked.DIRECTORY;
  }

  private static final class Unpacked {
    static final Path DIRECTORY = unpack();

    private static Path unpack() {
      try {
        Path directory = Files.createTempDirectory("javaloop-python");
        directory.toFile().deleteOnExit();
        Path target = Files.createDirectory(directory.resolve("javaloop"));
        target.toFile().deleteOnExit();
        for (String file : FILES) {
          try (InputStream in =
              PythonSources.class.getClassLoader().getResourceAsStream(RESOURCES + file)) {
            if (in == null) {
              throw new IllegalStateException("the bridge's jar lacks " + RESOURCES + file);
            }
            Path copy = target.resolve(file);
            Files.copy(in, copy);
            copy.toFile().deleteOnExit();
          }
        }
        return directory;
      } catch (IOException e) {
        throw new UncheckedIOException("the Python package could not be unpacked", e);
      }
    }
  }
}
