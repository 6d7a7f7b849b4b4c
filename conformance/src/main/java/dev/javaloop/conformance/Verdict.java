package dev.javaloop.conformance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// What became of a fence; every fence has exactly one.
sealed interface Verdict {

  /// Both sides did the same and succeeded.
  record Same() implements Verdict {}

  /// Both sides failed alike: the note's own bug, or an API that is gone since.
  record SameFailure(String how) implements Verdict {}

  /// The bridge did something else, each time.
  record Differs(String what) implements Verdict {}

  /// The bridge did something else, and the table of expected differences says why.
  record ExpectedDifference(String reason) implements Verdict {}

  /// The table expects a difference that did not happen.
  record UnexpectedPass(String reason) implements Verdict {}

  /// The bridge did the same in some of its runs only.
  record Flaky(int same, int runs) implements Verdict {}

  /// The bridge ran until the time limit, the reference did not.
  record Timeout(String what) implements Verdict {}

  /// The bridge's process died.
  record Crash(String what) implements Verdict {}

  /// Python that cannot be run fairly here.
  record Skipped(String reason) implements Verdict {}

  /// No Python.
  record NotPython(String reason) implements Verdict {}

  /// The name in reports.
  default String label() {
    return switch (this) {
      case Same _ -> "same";
      case SameFailure _ -> "same-failure";
      case Differs _ -> "differs";
      case ExpectedDifference _ -> "expected-difference";
      case UnexpectedPass _ -> "unexpected-pass";
      case Flaky _ -> "flaky";
      case Timeout _ -> "timeout";
      case Crash _ -> "crash";
      case Skipped _ -> "skipped";
      case NotPython _ -> "not-python";
    };
  }

  /// What stands in parentheses behind the name; empty for `same`.
  default String detail() {
    return switch (this) {
      case Same _ -> "";
      case SameFailure(String how) -> how;
      case Differs(String what) -> what;
      case ExpectedDifference(String reason) -> reason;
      case UnexpectedPass(String reason) -> "expected: " + reason;
      case Flaky(int same, int runs) -> same + "/" + runs;
      case Timeout(String what) -> what;
      case Crash(String what) -> what;
      case Skipped(String reason) -> reason;
      case NotPython(String reason) -> reason;
    };
  }

  /// The names of those that make a replay fail, unless the user wants others.
  Set<String> FAILING = Set.of("differs", "timeout", "crash", "unexpected-pass");

  /// Every name, in the order of reports.
  List<String> LABELS =
      List.of(
          "same",
          "same-failure",
          "expected-difference",
          "flaky",
          "skipped",
          "not-python",
          "differs",
          "timeout",
          "crash",
          "unexpected-pass");

  /// How many of the names there are of each; every name is there, in the order of reports.
  static Map<String, Integer> totals(Stream<String> labels) {
    Map<String, Integer> totals = new LinkedHashMap<>();
    LABELS.forEach(label -> totals.put(label, 0));
    labels.forEach(label -> totals.merge(label, 1, Integer::sum));
    return totals;
  }
}
