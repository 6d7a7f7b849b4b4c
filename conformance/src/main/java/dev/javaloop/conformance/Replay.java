package dev.javaloop.conformance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// A replay of notes from their text to the results of all their fences.
///
/// @param results one for each fence, in the order of the notes
record Replay(
    Side reference,
    Side bridge,
    CaseReplay.Options options,
    List<String> remarks,
    List<CaseResult> results,
    double seconds) {

  /// Runs the fences, `jobs` of them at a time; `finished` is called by several threads, one after
  /// the other.
  static Replay run(
      List<Fence> fences,
      Side reference,
      Side bridge,
      Expectations expectations,
      CaseReplay.Options options,
      int jobs,
      List<String> remarks,
      Consumer<CaseResult> finished)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    List<Classifier.Classified> cases =
        new Classifier(reference, bridge, System.getenv()).classify(fences);
    try (Interpreter there = new Interpreter(reference);
        Interpreter here = new Interpreter(bridge)) {
      CaseReplay replay = new CaseReplay(there, here, expectations, options);
      List<String> allRemarks = new ArrayList<>(remarks);
      if (!replay.bridgeWatch().scriptClock()) {
        allRemarks.add(
            "The bridge does not honour PYTHONPATH, so its times are those of the process, less"
                + " those of an empty script.");
      }
      List<CaseResult> results = all(cases, replay, jobs, finished);
      return new Replay(
          reference, bridge, options, allRemarks, results, (System.nanoTime() - start) / 1e9);
    }
  }

  private static List<CaseResult> all(
      List<Classifier.Classified> cases, CaseReplay replay, int jobs, Consumer<CaseResult> finished)
      throws IOException, InterruptedException {
    try (ExecutorService workers = Executors.newFixedThreadPool(jobs)) {
      List<Future<CaseResult>> futures = new ArrayList<>();
      for (Classifier.Classified each : cases) {
        futures.add(
            workers.submit(
                () -> {
                  CaseResult result = replay.replay(each);
                  synchronized (futures) {
                    finished.accept(result);
                  }
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

  /// How many fences got each verdict; every verdict is there.
  Map<String, Integer> totals() {
    Map<String, Integer> totals = new LinkedHashMap<>();
    Verdict.LABELS.forEach(label -> totals.put(label, 0));
    results.forEach(result -> totals.merge(result.verdict().label(), 1, Integer::sum));
    return totals;
  }

  boolean failed() {
    return results.stream().anyMatch(result -> result.verdict().fails());
  }
}
