package dev.javaloop.conformance;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.javaloop.conformance.catalogue.Entry;
import dev.javaloop.conformance.stage.Folders;
import dev.javaloop.conformance.stage.Scene;
import dev.javaloop.conformance.stage.Visitor;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Runs scripts of one side, each in a fresh working directory.
///
/// Safe for use by several threads. The temporary folders belong to it until [#close()].
final class Interpreter implements AutoCloseable {
  private static final List<String> SITE = List.of("sitecustomize.py", "network.py");
  private static final String LEGACY = "javaloop_legacy.py";
  private static final ObjectMapper JSON = new ObjectMapper();

  final Side side;
  private final Path home;
  private final boolean legacy;

  /// A side of a column.
  ///
  /// @param legacy whether it gets back what asyncio lost
  Interpreter(Side side, boolean legacy) throws IOException {
    this.side = side;
    this.legacy = legacy;
    this.home = Folders.make("conformance-");
    Files.createDirectory(home.resolve("site"));
    for (String name : SITE) {
      Files.writeString(home.resolve("site").resolve(name), Resources.text(name));
    }
    if (legacy) {
      Files.writeString(home.resolve(LEGACY), Resources.text(LEGACY));
    }
  }

  /// Runs the script until its end or the limit; one that serves is asked, and then stopped.
  ///
  /// @param variables more of its environment
  Run run(Script script, Scene.Turn turn, Map<String, String> variables, double limitSeconds)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(home, "run-");
    Path work = Files.createDirectory(folder.resolve("work"));
    Path clock = folder.resolve("clock");
    for (Map.Entry<String, String> file : script.files().entrySet()) {
      Files.writeString(work.resolve(file.getKey()), file.getValue(), StandardCharsets.UTF_8);
    }
    Scene scene = turn.scene();
    Map<String, String> environment = environment(turn, clock);
    environment.putAll(variables);
    String stdin = Objects.requireNonNullElse(scene.entry().stdin(), "");

    try (Launch launch =
        new Launch(
            side.commandFor(script.main()),
            work,
            environment,
            stdin,
            folder.toString(),
            Limits.DEFAULT)) {
      List<String> answers = answers(turn, launch, limitSeconds);
      boolean ended = launch.await((long) ((limitSeconds - launch.seconds()) * 1000));
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
          Run.withRemark(launch.stderr.text(), launch.killedFor()),
          launch.stdout.lineMillis(),
          launch.stdout.truncated() || launch.stderr.truncated(),
          work.toString(),
          Leftovers.in(work, script.files().keySet()),
          answers);
    } finally {
      Folders.delete(folder);
    }
  }

  private Map<String, String> environment(Scene.Turn turn, Path clock) throws IOException {
    Map<String, String> environment = new HashMap<>(turn.scene().environment());
    String sites =
        Stream.concat(Stream.of(home.resolve("site")), turn.scene().sites().stream())
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    environment.put("PYTHONPATH", sites);
    environment.put("JAVALOOP_CONFORMANCE_CLOCK", clock.toString());
    if (legacy) {
      environment.put("JAVALOOP_CONFORMANCE_LEGACY", home.resolve(LEGACY).toString());
    }
    if (turn.network().isPresent()) {
      environment.put(
          "JAVALOOP_CONFORMANCE_NETWORK", JSON.writeValueAsString(turn.network().get()));
    }
    return environment;
  }

  /// What a case that serves answers, before Ctrl-C stops it.
  private static List<String> answers(Scene.Turn turn, Launch launch, double limitSeconds)
      throws InterruptedException {
    Entry.Serve serve = turn.scene().entry().serve();
    if (serve == null || turn.listening().isEmpty()) {
      return List.of();
    }
    List<String> answers =
        Visitor.visit(
            serve,
            turn.listening().get(),
            launch::isAlive,
            Duration.ofMillis((long) (limitSeconds * 1000)));
    launch.interrupt();
    return answers;
  }

  /// What the clock inside the interpreter wrote; empty when it did not.
  private static Optional<Run.Clock> times(Path clock) throws IOException {
    if (!Files.exists(clock)) {
      return Optional.empty();
    }
    String[] words = Files.readString(clock).strip().split(" ", -1);
    if (words.length != 4) {
      return Optional.empty(); // a process that was killed while it wrote
    }
    double[] seconds = Stream.of(words).mapToDouble(Double::parseDouble).toArray();
    return Optional.of(new Run.Clock(seconds[0], seconds[1], seconds[2], seconds[3]));
  }

  @Override
  public void close() throws IOException {
    Folders.delete(home);
  }
}
