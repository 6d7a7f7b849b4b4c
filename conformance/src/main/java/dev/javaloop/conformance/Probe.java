package dev.javaloop.conformance;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.javaloop.conformance.stage.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// Asks an interpreter, in one process for all cases, what it makes of their code and which modules
/// it has.
final class Probe {
  private static final long LIMIT_MILLIS = 180_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private Probe() {}

  /// What the interpreter's own parser says about a piece of code.
  ///
  /// @param error why it does not compile; empty when it does
  /// @param imports top-level names of the modules it cannot do without
  /// @param hosts hosts other than this machine that it seems to talk to
  /// @param servers servers that it needs, or that it is
  record Facts(
      boolean parses,
      String error,
      List<String> imports,
      List<String> hosts,
      List<String> servers) {}

  /// @param missing the modules that cannot be imported, with the reason
  /// @param stdlib those of the modules asked about that belong to the standard library
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Answer(
      String implementation,
      String version,
      List<Facts> snippets,
      Map<String, String> missing,
      List<String> stdlib) {}

  private record Question(List<String> snippets, Collection<String> modules) {}

  static Answer ask(
      String side, List<String> command, List<String> snippets, Collection<String> modules)
      throws IOException, InterruptedException {
    Path folder = Folders.make("conformance-probe-");
    Path script = folder.resolve("conformance_probe.py");
    Files.writeString(script, Resources.text("probe.py"));
    List<String> full = new ArrayList<>(command);
    full.add(script.toString());
    String question = JSON.writeValueAsString(new Question(snippets, modules));
    try (Launch launch = start(side, full, folder, question)) {
      boolean ended = launch.await(LIMIT_MILLIS);
      if (!ended) {
        launch.kill();
      }
      launch.drain();
      String last = launch.stdout.text().lines().reduce("", (first, second) -> second);
      if (!ended || launch.exitStatus() != 0 || !last.startsWith("{")) {
        String why = launch.stderr.text().lines().reduce("", (first, second) -> second);
        throw new UsageException(
            "the %s `%s` %s: %s"
                .formatted(
                    side,
                    String.join(" ", command),
                    ended ? "does not run Python scripts" : "did not answer in time",
                    why.isEmpty() ? "it said nothing" : why));
      }
      return JSON.readValue(last, Answer.class);
    } catch (JsonProcessingException e) {
      throw new UsageException(
          "the " + side + " `" + String.join(" ", command) + "` does not run Python scripts", e);
    } finally {
      Folders.delete(folder);
    }
  }

  private static Launch start(String side, List<String> command, Path folder, String question) {
    try {
      return new Launch(command, folder, Map.of(), question);
    } catch (IOException e) {
      throw new UsageException("cannot start the " + side + ": " + e.getMessage(), e);
    }
  }
}
