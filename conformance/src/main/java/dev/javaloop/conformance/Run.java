package dev.javaloop.conformance;

import java.util.List;
import java.util.OptionalDouble;

/// What one process did.
///
/// @param exitStatus as a shell reports it: 128 + n after signal n; meaningless when `timedOut`
/// @param wallSeconds from the start of the process to its end
/// @param script what the script's own clock says; empty when the script did not live to its end or
///   the side has no clock
/// @param cpuSeconds processor time of the script, 0 when unknown
/// @param lineMillis when each line of stdout arrived, in milliseconds after the start of the
///   process
/// @param directory the working directory, which may stand in the output
record Run(
    int exitStatus,
    boolean timedOut,
    double wallSeconds,
    OptionalDouble script,
    double cpuSeconds,
    String stdout,
    String stderr,
    List<Long> lineMillis,
    boolean truncated,
    String directory) {

  boolean failed() {
    return timedOut || exitStatus != 0;
  }

  List<String> stdoutLines() {
    return stdout.lines().toList();
  }

  List<String> stderrLines() {
    return stderr.lines().toList();
  }

  /// How it ended, in words.
  String ending() {
    if (timedOut) {
      return "ran until the time limit";
    }
    if (exitStatus > 128 && exitStatus <= 128 + 64) {
      return "exit status " + exitStatus + " (signal " + (exitStatus - 128) + ")";
    }
    return "exit status " + exitStatus;
  }
}
