package dev.javaloop.conformance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The verdicts of the replays that went into a report's folder, oldest first; `history.json`.
///
/// @param runs at most [#MOST]; the oldest go
record History(int schemaVersion, List<Run> runs) {
  private static final int MOST = 50;
  private static final int SHOWN = 12;
  private static final int VERSION = 1;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /// One replay.
  ///
  /// @param verdicts by column and by case
  record Run(String generated, Map<String, Map<String, String>> verdicts) {}

  /// What became of a case in a column over the runs.
  ///
  /// @param verdicts the last ones, oldest first
  /// @param regressed whether it fails and did not in the run before
  /// @param changes how often the verdict changed
  record Trend(List<String> verdicts, boolean regressed, int changes) {
    /// The verdict of the run before; empty without one.
    public String before() {
      return verdicts.size() < 2 ? "" : verdicts.get(verdicts.size() - 2);
    }
  }

  /// The folder's history with this replay added to it, on disk as well.
  static History with(Document document, Path folder) throws IOException {
    Path file = folder.resolve("history.json");
    List<Run> runs = new ArrayList<>();
    if (Files.exists(file)) {
      try {
        runs.addAll(JSON.readValue(Files.readString(file), History.class).runs());
      } catch (JsonProcessingException e) {
        throw new UsageException(
            file + " is no history of this suite; move it away to start a new one", e);
      }
    }
    Map<String, Map<String, String>> verdicts = new LinkedHashMap<>();
    for (Document.Case each : document.cases()) {
      for (Document.Result result : each.results()) {
        verdicts
            .computeIfAbsent(result.column(), _ -> new LinkedHashMap<>())
            .put(each.id(), result.verdict());
      }
    }
    runs.add(new Run(document.generated(), verdicts));
    History history =
        new History(VERSION, runs.subList(Math.max(0, runs.size() - MOST), runs.size()));
    Files.writeString(file, JSON.writeValueAsString(history) + "\n");
    return history;
  }

  /// The trend of a case in a column.
  Trend trend(String column, String caseId, Set<String> failing) {
    List<String> verdicts = new ArrayList<>();
    for (Run run : runs) {
      String verdict = run.verdicts().getOrDefault(column, Map.of()).get(caseId);
      if (verdict != null) {
        verdicts.add(verdict);
      }
    }
    int changes = 0;
    for (int i = 1; i < verdicts.size(); i++) {
      changes += verdicts.get(i).equals(verdicts.get(i - 1)) ? 0 : 1;
    }
    int last = verdicts.size() - 1;
    boolean regressed =
        last > 0
            && failing.contains(verdicts.get(last))
            && !failing.contains(verdicts.get(last - 1));
    return new Trend(
        List.copyOf(verdicts.subList(Math.max(0, verdicts.size() - SHOWN), verdicts.size())),
        regressed,
        changes);
  }
}
