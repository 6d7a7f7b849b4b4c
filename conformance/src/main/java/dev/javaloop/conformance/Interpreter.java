package dev.javaloop.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
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
  ///
  /// @param warm modules that are imported before the script's clock starts; none leaves the script
  ///   alone
  Run run(String fileName, String code, double limitSeconds, List<String> warm)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(home, "run-");
    Path work = Files.createDirectory(folder.resolve("work"));
    Path clock = folder.resolve("clock");
    Files.writeString(work.resolve(fileName), code, StandardCharsets.UTF_8);
    Map<String, String> environment = new HashMap<>();
    environment.put("PYTHONPATH", home.resolve("site").toString());
    environment.put("JAVALOOP_CONFORMANCE_CLOCK", clock.toString());
    environment.put("JAVALOOP_CONFORMANCE_WARM", String.join(" ", warm));
    try (Launch launch = new Launch(side.commandFor(fileName), work, environment, "")) {
      boolean ended = launch.await((long) (limitSeconds * 1000));
      double wall = launch.seconds();
      if (!ended) {
        launch.kill();
      }
      launch.drain();
      double[] times = ended ? times(clock) : new double[0];
      return new Run(
          ended ? launch.exitStatus() : -1,
          !ended,
          wall,
          times.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(times[1] - times[0]),
          times.length == 0 ? 0 : times[2],
          launch.stdout.text(),
          launch.stderr.text(),
          launch.stdout.lineMillis(),
          launch.stdout.truncated() || launch.stderr.truncated(),
          work.toString());
    } finally {
      delete(folder);
    }
  }

  /// Start, end and processor time that the script's clock wrote; empty when it did not.
  private static double[] times(Path clock) throws IOException {
    if (!Files.exists(clock)) {
      return new double[0];
    }
    String[] words = Files.readString(clock).strip().split(" ", -1);
    return words.length == 3
        ? Stream.of(words).mapToDouble(Double::parseDouble).toArray()
        : new double[0];
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
