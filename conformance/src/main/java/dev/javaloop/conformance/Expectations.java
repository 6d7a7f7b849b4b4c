package dev.javaloop.conformance;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The table of differences that are known, by case. Strict: one that does not happen is an
/// unexpected pass, and a difference in another aspect than the named ones is still a difference.
final class Expectations {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

  private final Map<String, Expected> byCase = new HashMap<>();

  /// One row of the table.
  ///
  /// @param cases ids of the cases
  /// @param aspects what may differ, by the names of [Aspect]
  /// @param link where the matter is followed; may be absent
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Expected(List<String> cases, List<String> aspects, String reason, @Nullable String link) {
    boolean covers(List<Comparison.Difference> differences) {
      Set<Aspect> named = EnumSet.noneOf(Aspect.class);
      aspects.forEach(label -> Aspect.named(label).ifPresent(named::add));
      return differences.stream().map(Comparison.Difference::aspect).allMatch(named::contains);
    }
  }

  private record Table(int schemaVersion, List<Expected> expected) {}

  /// The table that ships with the suite for an engine.
  static Expectations bundled(String engine) {
    String table = Resources.text("expected-differences-" + engine + ".json");
    return new Expectations().add(table, "the bundled table of " + engine);
  }

  /// Adds the rows of a file, which win.
  void add(Path file) {
    try {
      add(Files.readString(file), file.toString());
    } catch (IOException e) {
      throw new UsageException("cannot read the expected differences " + file, e);
    }
  }

  Optional<Expected> of(String caseId) {
    return Optional.ofNullable(byCase.get(caseId));
  }

  private Expectations add(String json, String origin) {
    List<String> problems = new ArrayList<>();
    try {
      Table table = JSON.readValue(json, Table.class);
      if (table.schemaVersion() != 1 || table.expected() == null) {
        problems.add("no table of schemaVersion 1");
      } else {
        table.expected().forEach(row -> addRow(row, problems));
      }
    } catch (JsonProcessingException e) {
      throw new UsageException(
          "the expected differences in " + origin + " are not valid: " + e.getOriginalMessage(), e);
    }
    if (!problems.isEmpty()) {
      throw new UsageException(
          "the expected differences in " + origin + " are not valid: " + problems.getFirst());
    }
    return this;
  }

  private void addRow(Expected row, List<String> problems) {
    if (row.cases() == null || row.aspects() == null || row.reason() == null) {
      problems.add("a row lacks cases, aspects or reason");
      return;
    }
    for (String aspect : row.aspects()) {
      if (Aspect.named(aspect).isEmpty()) {
        problems.add("no such aspect: " + aspect);
      }
    }
    if (row.aspects().isEmpty() || row.reason().isBlank()) {
      problems.add("a row names no aspect or no reason");
    }
    row.cases().forEach(id -> byCase.put(id, row));
  }
}
