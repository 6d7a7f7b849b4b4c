package dev.javaloop.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.javaloop.conformance.catalogue.Catalogue;
import dev.javaloop.conformance.stage.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

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

  /// Replays fences on the machine's CPython and on a bridge.
  static Replay replay(
      List<Fence> fences, List<String> bridge, double limit, Catalogue catalogue, Stage stage)
      throws IOException, InterruptedException {
    return Replay.run(
        fences,
        column("test", bridge),
        new Replay.Settings(catalogue, stage, new CaseReplay.Options(2, limit), 1),
        Optional.empty(),
        _ -> {});
  }

  /// A column with the machine's CPython.
  static Column column(String engine, List<String> bridge) throws InterruptedException {
    ReferencePython.Found found = find();
    return new Column(
        engine,
        engine,
        found.version(),
        false,
        found.side(),
        new Side("bridge", bridge, engine),
        List.of());
  }

  /// A stage with servers as processes.
  static Stage stage(Catalogue catalogue) throws IOException {
    return new Stage(catalogue, Home.of(System.getenv()).cache(), Stage.How.PROCESSES, _ -> {});
  }
}
