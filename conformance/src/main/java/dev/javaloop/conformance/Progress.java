package dev.javaloop.conformance;

import dev.javaloop.conformance.stage.Stage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Says how a replay goes: a line for each finished case, and a summary. On a terminal the last
/// line is a live one: how far it is, and what runs.
///
/// Safe for use by several threads.
final class Progress implements AutoCloseable {
  private static final String ERASE = "\r\u001b[K";
  private static final int WIDTH = 79;

  private final int total;
  private final PrintWriter err;
  private final boolean live;
  private final long start = System.nanoTime();
  private final Set<String> running = new LinkedHashSet<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("progress").factory());
  private int done;

  /// A replay's progress.
  ///
  /// @param total how many results there will be
  /// @param live whether `err` is a terminal
  Progress(int total, PrintWriter err, boolean live) {
    this.total = total;
    this.err = err;
    this.live = live;
    if (live) {
      var _ = clock.scheduleAtFixedRate(() -> say(""), 1, 1, TimeUnit.SECONDS);
    }
  }

  /// What hears of a column's cases.
  ///
  /// @param column the column's name; empty when there is only one
  Replay.Listener of(String column) {
    String prefix = column.isEmpty() ? "" : column + " ";
    return new Replay.Listener() {
      @Override
      public void started(Fence fence) {
        synchronized (Progress.this) {
          running.add(prefix + fence.id());
          say("");
        }
      }

      @Override
      public void finished(CaseResult result) {
        Verdict verdict = result.verdict();
        synchronized (Progress.this) {
          done++;
          running.remove(prefix + result.fence().id());
          say(
              "[%d/%d] %s%s %s%s%n"
                  .formatted(
                      done,
                      total,
                      prefix,
                      result.fence().id(),
                      verdict.label(),
                      verdict.detail().isEmpty() ? "" : " (" + verdict.detail() + ")"));
        }
      }
    };
  }

  /// Says what takes long, in a line.
  void note(String line) {
    say("conformance: " + line + System.lineSeparator());
  }

  /// Writes whole lines above the live one.
  private synchronized void say(String lines) {
    if (live) {
      err.print(ERASE);
    }
    err.print(lines);
    if (live && !clock.isShutdown()) {
      long seconds = (System.nanoTime() - start) / 1_000_000_000;
      String state =
          "%d of %d, %d:%02d  %s"
              .formatted(done, total, seconds / 60, seconds % 60, String.join("  ", running));
      err.print(state.length() > WIDTH ? state.substring(0, WIDTH - 1) + "…" : state);
    }
    err.flush();
  }

  /// Takes the live line away.
  @Override
  public void close() {
    clock.shutdown();
    say("");
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
