package dev.javaloop.conformance;

import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;

/// Knows what an empty script costs on a side, and so how much of a run's time was the script's.
///
/// @param scriptClock whether the side runs the clock inside the interpreter; if not, the process
///   is measured
/// @param emptySeconds what the same clock says of an empty script
record Stopwatch(boolean scriptClock, double emptySeconds) {
  private static final double LIMIT_SECONDS = 180;

  /// Measures empty scripts; the best of `runs` counts.
  static Stopwatch calibrate(Interpreter interpreter, int runs, List<String> warm)
      throws IOException, InterruptedException {
    boolean scriptClock = true;
    double bestScript = Double.MAX_VALUE;
    double bestWall = Double.MAX_VALUE;
    for (int i = 0; i < runs; i++) {
      Run run = interpreter.run("empty.py", "pass\n", LIMIT_SECONDS, warm);
      if (run.timedOut()) {
        throw new UsageException(
            "the " + interpreter.side.name() + " did not run an empty script in time");
      }
      scriptClock &= run.script().isPresent();
      bestScript = Math.min(bestScript, run.script().orElse(Double.MAX_VALUE));
      bestWall = Math.min(bestWall, run.wallSeconds());
    }
    return new Stopwatch(scriptClock, scriptClock ? bestScript : bestWall);
  }

  /// How long the script took; empty when it ended without passing its own end (a crash,
  /// `os._exit`).
  OptionalDouble seconds(Run run) {
    if (!scriptClock) {
      return OptionalDouble.of(Math.max(0, run.wallSeconds() - emptySeconds));
    }
    return run.script().isPresent()
        ? OptionalDouble.of(Math.max(0, run.script().getAsDouble() - emptySeconds))
        : OptionalDouble.empty();
  }
}
