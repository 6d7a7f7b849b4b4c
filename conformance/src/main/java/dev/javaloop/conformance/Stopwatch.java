package dev.javaloop.conformance;

import dev.javaloop.conformance.stage.Scene;
import java.io.IOException;
import java.util.Map;

/// Knows what an empty script costs on a side, and so how much of a run's time was the script's.
///
/// @param scriptClock whether the side runs the clock inside the interpreter
/// @param emptyScriptSeconds what that clock says of an empty script
/// @param emptyWallSeconds what the process of an empty script takes
record Stopwatch(boolean scriptClock, double emptyScriptSeconds, double emptyWallSeconds) {
  private static final double LIMIT_SECONDS = 180;

  /// Measures empty scripts; the best of `runs` counts.
  static Stopwatch calibrate(Interpreter interpreter, int runs)
      throws IOException, InterruptedException {
    boolean scriptClock = true;
    double bestScript = Double.MAX_VALUE;
    double bestWall = Double.MAX_VALUE;
    for (int i = 0; i < runs; i++) {
      Run run =
          interpreter.run(
              Script.of("empty.py", "pass\n"), Scene.EMPTY.enter(), Map.of(), LIMIT_SECONDS);
      if (run.timedOut()) {
        throw new UsageException(
            "the " + interpreter.side.name() + " did not run an empty script in time");
      }
      scriptClock &= run.clock().isPresent();
      bestScript = Math.min(bestScript, run.clock().map(Run.Clock::withoutImports).orElse(0.0));
      bestWall = Math.min(bestWall, run.wallSeconds());
    }
    return new Stopwatch(scriptClock, bestScript, bestWall);
  }

  /// How long the script took. One that did not pass its own end (`os._exit`) is measured from
  /// outside.
  double seconds(Run run) {
    double seconds =
        scriptClock && run.clock().isPresent()
            ? run.clock().get().withoutImports() - emptyScriptSeconds
            : run.wallSeconds() - emptyWallSeconds;
    return Math.max(0, seconds);
  }
}
