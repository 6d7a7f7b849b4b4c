package dev.javaloop.conformance;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What one process did.
///
/// @param exitStatus as a shell reports it: 128 + n after signal n; meaningless when `timedOut`
/// @param wallSeconds from the start of the process to its end
/// @param clock what the clock inside the interpreter says; empty when the script did not live to
///   its end or the side has no clock
/// @param lineMillis when each line of stdout arrived, in milliseconds after the start of the
///   process
/// @param directory the working directory, which may stand in the output
/// @param files what it left there, a line for each file
/// @param answers what it answered when it was asked as a server; empty of one that was not
record Run(
    int exitStatus,
    boolean timedOut,
    double wallSeconds,
    Optional<Clock> clock,
    String stdout,
    String stderr,
    List<Long> lineMillis,
    boolean truncated,
    String directory,
    List<String> files,
    List<String> answers) {

  /// Seconds from the script's first line to its end, and how much of that went into imports; of
  /// each the time and the processor time; in a JVM that is without what compilers and collector
  /// took, and with what the other threads waited for a processor.
  record Clock(double wall, double cpu, double importWall, double importCpu) {
    /// Imports say how warm an interpreter is, not how it schedules.
    double withoutImports() {
      return wall - importWall;
    }

    double cpuWithoutImports() {
      return Math.max(0, cpu - importCpu);
    }
  }

  /// The processor time that the script took, imports not counted; 0 where no clock says it.
  double cpuSeconds() {
    return clock.map(Clock::cpuWithoutImports).orElse(0.0);
  }

  boolean failed() {
    return timedOut || exitStatus != 0;
  }

  List<String> stdoutLines() {
    return stdout.lines().toList();
  }

  List<String> stderrLines() {
    return stderr.lines().toList();
  }

  private static final String KILLED = "conformance: killed: ";

  /// A run's stderr, and in its last line why the suite killed it, if it did.
  static String withRemark(String stderr, @Nullable String killedFor) {
    if (killedFor == null) {
      return stderr;
    }
    return stderr
        + (stderr.isEmpty() || stderr.endsWith("\n") ? "" : "\n")
        + KILLED
        + killedFor
        + "\n";
  }

  /// How it ended, in words.
  String ending() {
    List<String> said = stderrLines();
    if (!said.isEmpty() && said.getLast().startsWith(KILLED)) {
      return "killed: " + said.getLast().substring(KILLED.length());
    }
    if (timedOut) {
      return "ran until the time limit";
    }
    if (exitStatus > 128 && exitStatus <= 128 + 64) {
      return "exit status " + exitStatus + " (signal " + (exitStatus - 128) + ")";
    }
    return "exit status " + exitStatus;
  }
}
