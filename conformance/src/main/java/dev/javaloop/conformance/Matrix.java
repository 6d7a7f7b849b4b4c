package dev.javaloop.conformance;

import dev.javaloop.conformance.stage.Stage;
import java.util.List;
import java.util.Set;

/// The same fences in one or more columns.
///
/// @param columns each with a result for each fence, in the same order
/// @param servers those that cases talked to
/// @param failOn names of the verdicts that make the replay fail
record Matrix(
    List<Fence> fences,
    List<Replay> columns,
    List<Stage.Ran> servers,
    CaseReplay.Options options,
    Set<String> failOn,
    double seconds) {

  boolean fails(CaseResult result) {
    return failOn.contains(result.verdict().label());
  }

  boolean failed() {
    return columns.stream().flatMap(column -> column.results().stream()).anyMatch(this::fails);
  }
}
