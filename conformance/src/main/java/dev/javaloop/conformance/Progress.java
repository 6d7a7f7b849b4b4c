package dev.javaloop.conformance;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Says how a replay goes: a line for each finished case, and a summary.
final class Progress {
  private final int total;
  private final PrintWriter err;
  private int done;

  Progress(int total, PrintWriter err) {
    this.total = total;
    this.err = err;
  }

  /// Called for one case at a time.
  void finished(CaseResult result) {
    done++;
    String detail = result.verdict().detail();
    err.printf(
        Locale.ROOT,
        "[%d/%d] %s %s%s%n",
        done,
        total,
        result.fence().id(),
        result.verdict().label(),
        detail.isEmpty() ? "" : " (" + detail + ")");
    err.flush();
  }

  static void summary(Replay replay, @Nullable Path folder, PrintWriter out) {
    out.println("reference: " + replay.reference().description());
    out.println("bridge:    " + replay.bridge().description());
    replay.remarks().forEach(out::println);
    replay.totals().forEach((label, count) -> out.printf(Locale.ROOT, "%5d %s%n", count, label));
    out.printf(Locale.ROOT, "%5d fences in %.0f s%n", replay.results().size(), replay.seconds());
    if (folder != null) {
      out.println("reports in " + folder);
    }
    out.flush();
  }
}
