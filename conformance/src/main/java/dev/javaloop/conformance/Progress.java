package dev.javaloop.conformance;

import dev.javaloop.conformance.stage.Stage;
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
  ///
  /// @param column the column's name; empty when there is only one
  void finished(String column, CaseResult result) {
    done++;
    String detail = result.verdict().detail();
    err.printf(
        Locale.ROOT,
        "[%d/%d] %s%s %s%s%n",
        done,
        total,
        column.isEmpty() ? "" : column + " ",
        result.fence().id(),
        result.verdict().label(),
        detail.isEmpty() ? "" : " (" + detail + ")");
    err.flush();
  }

  /// Says what takes long, in a line.
  synchronized void note(String line) {
    err.println("conformance: " + line);
    err.flush();
  }

  static void summary(Matrix matrix, @Nullable Path folder, PrintWriter out) {
    for (Replay replay : matrix.columns()) {
      Column column = replay.column();
      out.printf(
          Locale.ROOT,
          "%s: %s, compared with %s, %.0f s%n",
          column.name(),
          column.bridge().description(),
          column.reference().description(),
          replay.seconds());
      replay.remarks().forEach(out::println);
    }
    for (Stage.Ran ran : matrix.servers()) {
      out.println("server " + ran.name() + ": " + ran.by());
    }
    for (String label : Verdict.LABELS) {
      StringBuilder line = new StringBuilder();
      for (Replay replay : matrix.columns()) {
        line.append(String.format(Locale.ROOT, "%5d ", replay.totals().getOrDefault(label, 0)));
      }
      out.println(line + label);
    }
    out.printf(Locale.ROOT, "%5d fences in %.0f s%n", matrix.fences().size(), matrix.seconds());
    if (folder != null) {
      out.println("reports in " + folder);
    }
    out.flush();
  }
}
