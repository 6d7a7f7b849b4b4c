package dev.javaloop.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Runs scripts of one side, each in a fresh working directory.
///
/// Safe for use by several threads. The temporary folders belong to it until [#close()].
final class Interpreter implements AutoCloseable {
  private static final String CLOCK = "sitecustomize.py";

  final Side side;
  private final Path home;

  Interpreter(Side side) throws IOException {
    this.side = side;
    this.home = Files.createTempDirectory("conformance-").toRealPath();
    Files.createDirectory(home.resolve("site"));
    Files.writeString(home.resolve("site").resolve(CLOCK), Resources.text(CLOCK));
  }

  /// Runs the script until its end or the limit.
  Run run(String fileName, String code, double limitSeconds)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(home, "run-");
    Path work = Files.createDirectory(folder.resolve("work"));
    Path clock = folder.resolve("clock");
    Files.writeString(work.resolve(fileName), code, StandardCharsets.UTF_8);
    Map<String, String> environment = new HashMap<>();
    environment.put("PYTHONPATH", home.resolve("site").toString());
    environment.put("JAVALOOP_CONFORMANCE_CLOCK", clock.toString());

    try (Launch launch = new Launch(side.commandFor(fileName), work, environment, "")) {
      boolean ended = launch.await((long) (limitSeconds * 1000));
      double wall = launch.seconds();
      if (!ended) {
        launch.kill();
      }
      launch.drain();
      Optional<Run.Clock> times = ended ? times(clock) : Optional.empty();
      return new Run(
          ended ? launch.exitStatus() : -1,
          !ended,
          wall,
          times,
          launch.stdout.text(),
          launch.stderr.text(),
          launch.stdout.lineMillis(),
          launch.stdout.truncated() || launch.stderr.truncated(),
          work.toString());
    } finally {
      delete(folder);
    }
  }

  /// What the clock inside the interpreter wrote; empty when it did not.
  private static Optional<Run.Clock> times(Path clock) throws IOException {
    if (!Files.exists(clock)) {
      return Optional.empty();
    }
    double[] words =
        Stream.of(Files.readString(clock).strip().split(" ", -1))
            .mapToDouble(Double::parseDouble)
            .toArray();
    return Optional.of(new Run.Clock(words[0], words[1], words[2], words[3]));
  }

  @Override
  public void close() throws IOException {
    delete(home);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
