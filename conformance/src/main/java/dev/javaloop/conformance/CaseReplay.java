package dev.javaloop.conformance;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Runs cases on both sides and gives each its verdict. Safe for use by several threads, one case
/// each.
final class CaseReplay {
  private static final int BRIDGE_RUNS = 3;
  private static final int EXTRA_REFERENCE_RUNS = 2;
  private static final int TIMING_RETRIES = 2;
  private static final double SHORT_LIMIT_SECONDS = 10;
  private static final String JVM_DIED =
      "A fatal error has been detected by the Java Runtime Environment";

  /// How the user wants it.
  ///
  /// @param runs how often the reference runs before the bridge does
  /// @param limitSeconds the time limit of one run, to which the side's start-up is added
  record Options(int runs, double limitSeconds) {}

  private final Interpreter reference;
  private final Interpreter bridge;
  private final Expectations expectations;
  private final Options options;
  private final Stopwatch referenceWatch;
  private final Stopwatch bridgeWatch;
  private final double bridgeLimit;

  /// Held for reading by a run, for writing by a run that is to have the machine to itself.
  private final ReadWriteLock machine = new ReentrantReadWriteLock(true);

  CaseReplay(Interpreter reference, Interpreter bridge, Expectations expectations, Options options)
      throws IOException, InterruptedException {
    this.reference = reference;
    this.bridge = bridge;
    this.expectations = expectations;
    this.options = options;
    this.referenceWatch = Stopwatch.calibrate(reference, 3);
    this.bridgeWatch = Stopwatch.calibrate(bridge, 2);
    // Other cases share the processors while this one starts.
    this.bridgeLimit = options.limitSeconds() + 3 * bridgeWatch.emptyWallSeconds();
  }

  Stopwatch bridgeWatch() {
    return bridgeWatch;
  }

  CaseResult replay(Classifier.Classified classified) throws IOException, InterruptedException {
    Fence fence = classified.fence();
    return switch (classified.example()) {
      case Example.NotPython(String reason) ->
          CaseResult.notRun(fence, new Verdict.NotPython(reason));
      case Example.Skipped(String reason) -> CaseResult.notRun(fence, new Verdict.Skipped(reason));
      case Example.Script(String code) -> new Attempt(fence, code).judge("");
      case Example.Session(List<Transcript.Cell> cells, String recorded) ->
          new Attempt(fence, script(cells)).judge(recorded);
    };
  }

  /// A script that plays the cells as a session does.
  static String script(List<Transcript.Cell> cells) throws IOException {
    ObjectMapper json = new ObjectMapper();
    StringBuilder text = new StringBuilder(Resources.text("session.py")).append("_play([\n");
    for (Transcript.Cell cell : cells) {
      // A JSON string is a Python string as well.
      text.append("    (")
          .append(json.writeValueAsString(cell.number()))
          .append(", ")
          .append(json.writeValueAsString(cell.source()))
          .append("),\n");
    }
    return text.append("])\n").toString();
  }

  private Run locked(Lock lock, Interpreter side, Fence fence, String code, double limit)
      throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      return side.run(fence.fileName(), code, limit);
    } finally {
      lock.unlock();
    }
  }

  /// One case on its way to a verdict.
  private final class Attempt {
    private final Fence fence;
    private final String code;
    private final Set<Normaliser> normalisers;
    private final List<Run> references = new ArrayList<>();
    private final List<Run> bridges = new ArrayList<>();
    private final long startNanos = System.nanoTime();
    private Optional<TimingRule.Measured> timing = Optional.empty();

    Attempt(Fence fence, String code) {
      this.fence = fence;
      this.code = code;
      normalisers = Normaliser.of(code);
    }

    CaseResult judge(String recorded) throws IOException, InterruptedException {
      runReferences();
      Optional<Expectations.Expected> expected = expectations.of(fence.id());
      Comparison comparison = runBridge();
      if (!agrees(comparison) && expected.isEmpty()) {
        // Rare accidents of the reference are learned before the bridge is blamed.
        for (int i = 0; i < EXTRA_REFERENCE_RUNS && !hangs(); i++) {
          references.add(onReference(referenceLimit()));
        }
        comparison = Comparison.of(references, bridges.getLast(), normalisers);
      }
      int same = agrees(comparison) ? 1 : 0;
      Comparison failed = comparison;
      if (same == 0 && expected.isEmpty()) {
        int tries = bridges.getLast().timedOut() ? BRIDGE_RUNS - 1 : BRIDGE_RUNS;
        while (bridges.size() < tries) {
          Comparison again = runBridge();
          same += agrees(again) ? 1 : 0;
          failed = agrees(again) ? failed : again;
        }
      }
      List<Comparison.Difference> differences = new ArrayList<>();
      if (same < bridges.size()) {
        differences.addAll(failed.differences());
      } else if (!hangs()) {
        timing = Optional.of(measure());
        timing
            .flatMap(TimingRule.Measured::complaint)
            .ifPresent(words -> differences.add(new Comparison.Difference(Aspect.TIMING, words)));
      }
      return new CaseResult(
          fence,
          verdict(same, differences, expected),
          recorded,
          differences,
          failed.normalisers(),
          failed.varying(),
          timing,
          references,
          bridges,
          Optional.of(failed),
          (System.nanoTime() - startNanos) / 1e9);
    }

    private void runReferences() throws IOException, InterruptedException {
      for (int i = 0; i < options.runs(); i++) {
        references.add(onReference(referenceLimit()));
      }
      if (!hangs() && references.size() < 3 && Comparison.varies(references, normalisers)) {
        references.add(onReference(referenceLimit()));
      }
    }

    private Run onReference(double limit) throws IOException, InterruptedException {
      return locked(machine.readLock(), reference, fence, code, limit);
    }

    /// Whether the reference ran until the limit.
    private boolean hangs() {
      return references.stream().anyMatch(Run::timedOut);
    }

    /// What hung once need not be waited for in full again.
    private double referenceLimit() {
      return hangs()
          ? Math.min(SHORT_LIMIT_SECONDS, options.limitSeconds())
          : options.limitSeconds();
    }

    private Comparison runBridge() throws IOException, InterruptedException {
      double limit =
          hangs() ? bridgeLimit - options.limitSeconds() + referenceLimit() : bridgeLimit;
      bridges.add(locked(machine.readLock(), bridge, fence, code, limit));
      return Comparison.of(references, bridges.getLast(), normalisers);
    }

    /// Output that a killed process had not flushed says nothing: two runs without an end agree.
    private boolean agrees(Comparison comparison) {
      return comparison.agrees()
          || (bridges.getLast().timedOut() && references.stream().allMatch(Run::timedOut));
    }

    private TimingRule.Measured measure() throws IOException, InterruptedException {
      TimingRule.Measured measured = measured(bridges.getLast());
      for (int i = 0; i < TIMING_RETRIES && measured.complaint().isPresent(); i++) {
        Run alone = locked(machine.writeLock(), bridge, fence, code, bridgeLimit);
        measured = measured.orBetter(measured(alone));
      }
      return measured;
    }

    private TimingRule.Measured measured(Run bridge) {
      double longest = 0;
      double waited = Double.MAX_VALUE;
      double computed = Double.MAX_VALUE;
      for (Run run : references) {
        double seconds = referenceWatch.seconds(run);
        double cpu = run.cpuSeconds();
        longest = Math.max(longest, seconds);
        waited = Math.min(waited, Math.max(0, seconds - cpu));
        computed = Math.min(computed, cpu);
      }
      return new TimingRule.Measured(
          longest,
          waited,
          bridgeWatch.seconds(bridge),
          Math.max(0, bridge.cpuSeconds() - computed));
    }

    private Verdict verdict(
        int same,
        List<Comparison.Difference> differences,
        Optional<Expectations.Expected> expected) {
      String what =
          String.join(
              "; ", differences.stream().map(d -> d.aspect().label() + ": " + d.words()).toList());
      for (Run run : bridges) {
        if (crashed(run)) {
          return new Verdict.Crash(run.ending());
        }
      }
      if (differences.isEmpty()) {
        return expected.isPresent()
            ? new Verdict.UnexpectedPass(expected.get().reason())
            : success();
      }
      if (expected.isPresent() && expected.get().covers(differences)) {
        return new Verdict.ExpectedDifference(expected.get().reason());
      }
      if (same > 0 && same < bridges.size()) {
        return new Verdict.Flaky(same, bridges.size());
      }
      if (bridges.getLast().timedOut()) {
        return new Verdict.Timeout(
            String.format(java.util.Locale.ROOT, "no end after %.0f s", bridgeLimit));
      }
      return new Verdict.Differs(what);
    }

    private Verdict success() {
      Run run = references.getFirst();
      if (!run.failed()) {
        return new Verdict.Same();
      }
      if (run.timedOut()) {
        return new Verdict.SameFailure("both run until the time limit");
      }
      List<String> exception = Stderr.of(run).exception();
      return new Verdict.SameFailure(exception.isEmpty() ? run.ending() : exception.getFirst());
    }

    /// Killed by a signal, or told by the JVM itself, where the reference ends otherwise.
    private boolean crashed(Run run) {
      boolean signalled = !run.timedOut() && run.exitStatus() > 128 && run.exitStatus() <= 128 + 64;
      return run.stdout().contains(JVM_DIED)
          || run.stderr().contains(JVM_DIED)
          || (signalled && references.stream().noneMatch(r -> r.exitStatus() == run.exitStatus()));
    }
  }
}
