package dev.javaloop.conformance;

import dev.javaloop.conformance.catalogue.Catalogue;
import dev.javaloop.conformance.stage.Stage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// A replay of notes in one column, from their text to the results of all their fences.
///
/// @param results one for each fence, in the order of the notes
record Replay(Column column, List<String> remarks, List<CaseResult> results, double seconds) {

  /// What every column of a replay is run with.
  ///
  /// @param jobs cases at a time
  record Settings(Catalogue catalogue, Stage stage, CaseReplay.Options options, int jobs) {}

  /// Hears of each fence; called by several threads at once.
  interface Listener {
    default void started(Fence fence) {}

    void finished(CaseResult result);
  }

  /// Runs the fences.
  ///
  /// @param without the replay of the same fences without the legacy layer: what that layer changes
  ///   nothing for is not run on the bridge again
  static Replay run(
      List<Fence> fences,
      Column column,
      Settings settings,
      Optional<Replay> without,
      Listener listener)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    List<Classifier.Classified> cases =
        new Classifier(column, settings.catalogue(), System.getenv()).classify(fences);
    try (Interpreter there = new Interpreter(column.reference(), column.legacy());
        Interpreter here = new Interpreter(column.bridge(), column.legacy())) {
      CaseReplay replay = new CaseReplay(column, there, here, settings, without);
      List<String> remarks = new ArrayList<>(column.remarks());
      if (!replay.bridgeWatch().scriptClock()) {
        remarks.add(
            "The bridge does not honour PYTHONPATH, so its times are those of the process, less"
                + " those of an empty script.");
      }
      List<CaseResult> results = all(cases, replay, settings.jobs(), listener);
      return new Replay(column, remarks, results, (System.nanoTime() - start) / 1e9);
    }
  }

  private static List<CaseResult> all(
      List<Classifier.Classified> cases, CaseReplay replay, int jobs, Listener listener)
      throws IOException, InterruptedException {
    try (ExecutorService workers = Executors.newFixedThreadPool(jobs)) {
      List<Future<CaseResult>> futures = new ArrayList<>();
      for (Classifier.Classified each : cases) {
        futures.add(
            workers.submit(
                () -> {
                  listener.started(each.fence());
                  CaseResult result = replayed(each, replay);
                  listener.finished(result);
                  return result;
                }));
      }
      List<CaseResult> results = new ArrayList<>();
      try {
        for (Future<CaseResult> future : futures) {
          results.add(future.get());
        }
      } catch (ExecutionException e) {
        workers.shutdownNow();
        if (e.getCause() instanceof IOException cause) {
          throw cause;
        }
        throw new IllegalStateException("a case could not be replayed", e.getCause());
      }
      return results;
    }
  }

  /// A case that the suite itself fails at costs no other one its verdict.
  private static CaseResult replayed(Classifier.Classified each, CaseReplay replay)
      throws InterruptedException {
    try {
      return replay.replay(each);
    } catch (IOException | RuntimeException e) {
      return CaseResult.notRun(
          each.fence(), new Verdict.Crash("the suite could not replay it: " + e));
    }
  }

  /// What became of a fence.
  CaseResult result(Fence fence) {
    return results.stream()
        .filter(result -> result.fence().id().equals(fence.id()))
        .findFirst()
        .orElseThrow();
  }

  /// How many fences got each verdict; every verdict is there.
  Map<String, Integer> totals() {
    return Verdict.totals(results.stream().map(result -> result.verdict().label()));
  }
}
