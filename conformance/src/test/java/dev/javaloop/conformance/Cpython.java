package dev.javaloop.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// A real CPython, and bridges that are one with something wrong.
final class Cpython {
  private Cpython() {}

  /// The machine's CPython; without one the test does not run, and says so.
  static ReferencePython.Found find() throws InterruptedException {
    ReferencePython.Found found = null;
    try {
      found = ReferencePython.find(null, System.getenv());
    } catch (UsageException e) {
      assumeTrue(false, "not run: " + e.getMessage());
    }
    return found;
  }

  /// A program that runs what the suite itself asks, and does `body` (shell, with `$PYTHON` and
  /// `$1`) with cases.
  static Path bridge(Path folder, String body) throws IOException, InterruptedException {
    Path file = folder.resolve("bridge");
    Files.writeString(
        file,
        """
        #!/bin/sh
        PYTHON=%s
        COUNTER=%s
        case "$1" in
          */conformance_probe.py|empty.py) exec "$PYTHON" "$1" ;;
        esac
        %s
        """
            .formatted(find().command(), folder.resolve("counter"), body));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }
}
