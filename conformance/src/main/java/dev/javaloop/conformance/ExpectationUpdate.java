package dev.javaloop.conformance;

import dev.javaloop.conformance.catalogue.Aspect;
import dev.javaloop.conformance.catalogue.Expected;
import dev.javaloop.conformance.catalogue.ExpectedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Rewrites a file of expected differences so that it says what a replay saw: what passes goes,
/// what differs comes, with a reason that somebody has to write.
final class ExpectationUpdate {
  /// Stands for a reason until somebody gives one.
  static final String UNEXPLAINED = "not explained yet: ";

  private final Matrix matrix;
  private final List<String> changes = new ArrayList<>();

  private ExpectationUpdate(Matrix matrix) {
    this.matrix = matrix;
  }

  /// A row without its cases.
  private record Kind(List<String> on, Set<Aspect> aspects, String reason, @Nullable String link) {}

  /// Rewrites the file.
  ///
  /// @return the changes, a line each
  static List<String> run(Matrix matrix, Path file) throws IOException {
    ExpectationUpdate update = new ExpectationUpdate(matrix);
    Map<Kind, List<String>> rows = new LinkedHashMap<>();
    for (Expected row : ExpectedFile.read(file)) {
      for (String id : row.cases()) {
        List<String> on = update.stillOn(id, row);
        if (on != null) {
          rows.computeIfAbsent(
                  new Kind(on, row.aspects(), row.reason(), row.link()), _ -> new ArrayList<>())
              .add(id);
        }
      }
    }
    update
        .differing()
        .forEach((kind, ids) -> rows.computeIfAbsent(kind, _ -> new ArrayList<>()).addAll(ids));
    ExpectedFile.write(
        file,
        rows.entrySet().stream()
            .map(
                row ->
                    new Expected(
                        row.getValue(),
                        row.getKey().on(),
                        row.getKey().aspects(),
                        row.getKey().reason(),
                        row.getKey().link()))
            .toList());
    return update.changes;
  }

  /// The columns on which the row still holds for a case; null when there is none left.
  private @Nullable List<String> stillOn(String id, Expected row) {
    Set<String> gone = new TreeSet<>();
    Set<String> stays = new TreeSet<>();
    each(
        id,
        (column, result) -> {
          if (!row.isAbout(id, column.name(), column.kind())) {
            return;
          }
          // A difference in other aspects is written anew.
          boolean over =
              result.verdict() instanceof Verdict.UnexpectedPass
                  || result.verdict() instanceof Verdict.Differs;
          (over ? gone : stays).add(column.name());
        });
    if (gone.isEmpty()) {
      return row.on();
    }
    gone.forEach(column -> changes.add("- " + id + " on " + column + ": " + row.reason()));
    // Columns that were not replayed keep their row.
    Set<String> engines =
        matrix.columns().stream()
            .flatMap(
                replay ->
                    java.util.stream.Stream.of(replay.column().kind(), replay.column().name()))
            .collect(Collectors.toSet());
    row.on().stream().filter(name -> !engines.contains(name)).forEach(stays::add);
    return stays.isEmpty() ? null : List.copyOf(stays);
  }

  private Map<Kind, List<String>> differing() {
    Map<Kind, List<String>> rows = new LinkedHashMap<>();
    for (Fence fence : matrix.fences()) {
      Map<Kind, Set<String>> columns = new LinkedHashMap<>();
      each(
          fence.id(),
          (column, result) -> {
            if (result.verdict() instanceof Verdict.Differs(String what)) {
              Set<Aspect> aspects =
                  result.differences().stream()
                      .map(Comparison.Difference::aspect)
                      .collect(Collectors.toCollection(TreeSet::new));
              String reason = UNEXPLAINED + what.lines().findFirst().orElse("");
              columns
                  .computeIfAbsent(new Kind(List.of(), aspects, reason, null), _ -> new TreeSet<>())
                  .add(column.name());
              changes.add("+ " + fence.id() + " on " + column.name() + ": " + what);
            }
          });
      columns.forEach(
          (kind, on) ->
              rows.computeIfAbsent(
                      new Kind(List.copyOf(on), kind.aspects(), kind.reason(), null),
                      _ -> new ArrayList<>())
                  .add(fence.id()));
    }
    return rows;
  }

  private interface Visit {
    void result(Column column, CaseResult result);
  }

  private void each(String id, Visit visit) {
    for (Replay replay : matrix.columns()) {
      replay.results().stream()
          .filter(result -> result.fence().id().equals(id))
          .forEach(result -> visit.result(replay.column(), result));
    }
  }
}
