package dev.javaloop.conformance;

import dev.javaloop.conformance.catalogue.Aspect;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A fence, its verdict and what led to it.
///
/// @param recordedOutput the output that the note itself shows in a session; empty without one
/// @param normalisers those without which the outputs would not agree
/// @param varying the parts of the output in which the reference's own runs vary
/// @param asIn the column whose runs of the bridge these are, because the legacy layer changes
///   nothing for the reference; empty for runs of its own
/// @param comparison what the verdict looked at; empty for what did not run
record CaseResult(
    Fence fence,
    Verdict verdict,
    String recordedOutput,
    List<Comparison.Difference> differences,
    Set<Normaliser> normalisers,
    List<Aspect> varying,
    Optional<TimingRule.Measured> timing,
    List<Run> references,
    List<Run> bridges,
    Optional<Comparison> comparison,
    String asIn,
    double seconds) {

  static CaseResult notRun(Fence fence, Verdict verdict) {
    return new CaseResult(
        fence,
        verdict,
        "",
        List.of(),
        Set.of(),
        List.of(),
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty(),
        "",
        0);
  }

  /// The same in a column in which the reference did the same.
  ///
  /// @param references its runs there
  CaseResult carried(List<Run> references, String from, double seconds) {
    return new CaseResult(
        fence,
        verdict,
        recordedOutput,
        differences,
        normalisers,
        varying,
        timing,
        references,
        bridges,
        comparison,
        from,
        seconds);
  }
}
