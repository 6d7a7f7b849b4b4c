package dev.javaloop.conformance;

import dev.javaloop.conformance.catalogue.Aspect;
import dev.javaloop.conformance.catalogue.Catalogue;
import dev.javaloop.conformance.catalogue.Entry;
import dev.javaloop.conformance.catalogue.Expected;
import dev.javaloop.conformance.stage.Scene;
import dev.javaloop.conformance.stage.Stage;
import dev.javaloop.conformance.stage.Unavailable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/// Runs cases on both sides and gives each its verdict. Safe for use by several threads, one case
/// each.
final class CaseReplay {
  private static final int BRIDGE_RUNS = 3;
  private static final int EXTRA_REFERENCE_RUNS = 6;

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
  private final Column column;
  private final Catalogue catalogue;
  private final Stage stage;
  private final Options options;
  private final Optional<Replay> without;
  private final Stopwatch referenceWatch;
  private final Stopwatch bridgeWatch;
  private final double startSeconds;

  /// Held for reading by a run, for writing by a run that is to have the machine to itself.
  private final ReadWriteLock machine = new ReentrantReadWriteLock(true);

  /// Runs cases of a column.
  ///
  /// @param without the replay of the same column without the legacy layer, if there is one
  CaseReplay(
      Column column,
      Interpreter reference,
      Interpreter bridge,
      Replay.Settings settings,
      Optional<Replay> without)
      throws IOException, InterruptedException {
    this.column = column;
    this.reference = reference;
    this.bridge = bridge;
    this.catalogue = settings.catalogue();
    this.stage = settings.stage();
    this.options = settings.options();
    this.without = without;
    this.referenceWatch = Stopwatch.calibrate(reference, 3);
    this.bridgeWatch = Stopwatch.calibrate(bridge, 2);
    // Other cases share the processors while this one starts.
    this.startSeconds = 3 * bridgeWatch.emptyWallSeconds();
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
      case Example.Script(String code) ->
          judged(fence, "", entry -> Script.of(fence, code, entry), code);
      case Example.Session(List<Transcript.Cell> cells, String recorded) ->
          judged(fence, recorded, entry -> Script.of(fence, cells, entry), fence.code());
    };
  }

  private CaseResult judged(
      Fence fence, String recorded, Function<Entry, Script> script, String code)
      throws IOException, InterruptedException {
    Scene scene;
    try {
      scene =
          stage.scene(
              fence.id(), reference.side.command().getFirst(), column.version(), column.loadsC());
    } catch (Unavailable e) {
      return CaseResult.notRun(fence, new Verdict.Skipped(String.valueOf(e.getMessage())));
    }
    return new Attempt(fence, scene, script.apply(scene.entry()), code).judge(recorded);
  }

  /// One case on its way to a verdict.
  private final class Attempt {
    private final Fence fence;
    private final Scene scene;
    private final Script script;
    private final double limit;
    private final Set<Normaliser> normalisers;
    private final List<Run> references = new ArrayList<>();
    private final List<Run> bridges = new ArrayList<>();

    // Only their time counts.
    private final List<Run> referencesAlone = new ArrayList<>();
    private final long startNanos = System.nanoTime();
    private Optional<TimingRule.Measured> timing = Optional.empty();

    Attempt(Fence fence, Scene scene, Script script, String code) {
      this.fence = fence;
      this.scene = scene;
      this.script = script;
      limit = Objects.requireNonNullElse(scene.entry().limit(), options.limitSeconds());
      normalisers = Normaliser.of(code, scene.entry().serve() != null);
    }

    CaseResult judge(String recorded) throws IOException, InterruptedException {
      if (without.isPresent()) {
        CaseResult before = without.get().result(fence);
        if (changesNothing(before)) {
          return before.carried(
              references, without.get().column().name(), (System.nanoTime() - startNanos) / 1e9);
        }
      }
      runReferences();
      Optional<Expected> expected = catalogue.expected(fence.id(), column.name(), column.kind());
      Comparison comparison = runBridge();
      if (!agrees(comparison) && expected.isEmpty()) {
        // Rare accidents of the reference are learned before the bridge is blamed.
        for (int i = 0; i < EXTRA_REFERENCE_RUNS && !hangs() && !agrees(comparison); i++) {
          references.add(
              onReference(Map.of("JAVALOOP_CONFORMANCE_SHUFFLE", String.valueOf(i + 1))));
          comparison = Comparison.of(references, bridges.getLast(), normalisers);
        }
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
      } else if (!hangs() && scene.entry().timing() && scene.entry().serve() == null) {
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
          "",
          (System.nanoTime() - startNanos) / 1e9);
    }

    /// Whether the reference does with the legacy layer what it did without it. The first of its
    /// runs tells.
    private boolean changesNothing(CaseResult before) throws IOException, InterruptedException {
      if (before.bridges().isEmpty() || Verdict.FAILING.contains(before.verdict().label())) {
        return false;
      }
      boolean hung = before.references().stream().anyMatch(Run::timedOut);
      Run run = run(machine.readLock(), reference, Map.of(), limitOf(hung));
      references.add(run);
      return hung ? run.timedOut() : Comparison.of(before.references(), run, normalisers).agrees();
    }

    private Run run(Lock lock, Interpreter side, Map<String, String> variables, double seconds)
        throws IOException, InterruptedException {
      try (Scene.Turn turn = scene.enter()) {
        lock.lockInterruptibly();
        try {
          return side.run(script, turn, variables, seconds);
        } finally {
          lock.unlock();
        }
      }
    }

    private void runReferences() throws IOException, InterruptedException {
      while (references.size() < options.runs()) {
        references.add(onReference(Map.of()));
      }
      if (!hangs() && references.size() < 3 && Comparison.varies(references, normalisers)) {
        references.add(onReference(Map.of()));
      }
    }

    private Run onReference(Map<String, String> variables)
        throws IOException, InterruptedException {
      return run(machine.readLock(), reference, variables, referenceLimit());
    }

    /// Whether the reference ran until the limit.
    private boolean hangs() {
      return references.stream().anyMatch(Run::timedOut);
    }

    private double referenceLimit() {
      return limitOf(hangs());
    }

    /// What hung once need not be waited for in full again.
    private double limitOf(boolean hung) {
      return hung ? Math.min(SHORT_LIMIT_SECONDS, limit) : limit;
    }

    private Comparison runBridge() throws IOException, InterruptedException {
      bridges.add(run(machine.readLock(), bridge, Map.of(), startSeconds + referenceLimit()));
      return Comparison.of(references, bridges.getLast(), normalisers);
    }

    /// Output that a killed process had not flushed says nothing: two runs without an end agree.
    private boolean agrees(Comparison comparison) {
      return comparison.agrees()
          || (bridges.getLast().timedOut() && references.stream().allMatch(Run::timedOut));
    }

    private TimingRule.Measured measure() throws IOException, InterruptedException {
      List<Run> tried = new ArrayList<>(List.of(bridges.getLast()));
      TimingRule.Measured measured = measured(tried.getFirst());
      for (int i = 0; i < TIMING_RETRIES && measured.complaint().isPresent(); i++) {
        if (measured.isShort()) {
          // On a busy machine it waited for a processor, or for who reads what it prints.
          referencesAlone.add(run(machine.writeLock(), reference, Map.of(), referenceLimit()));
        }
        tried.add(run(machine.writeLock(), bridge, Map.of(), startSeconds + limit));
        measured =
            tried.stream().map(this::measured).reduce(TimingRule.Measured::orBetter).orElseThrow();
      }
      return measured;
    }

    private TimingRule.Measured measured(Run bridge) {
      double longest = 0;
      double waited = Double.MAX_VALUE;
      double computed = Double.MAX_VALUE;
      List<Run> all = new ArrayList<>(references);
      all.addAll(referencesAlone);
      for (Run run : all) {
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
        int same, List<Comparison.Difference> differences, Optional<Expected> expected) {
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
      if (expected.isPresent() && covers(expected.get(), differences)) {
        return new Verdict.ExpectedDifference(expected.get().reason());
      }
      if (same > 0 && same < bridges.size()) {
        return new Verdict.Flaky(same, bridges.size());
      }
      if (bridges.getLast().timedOut()) {
        return new Verdict.Timeout(
            String.format(java.util.Locale.ROOT, "no end after %.0f s", startSeconds + limit));
      }
      return new Verdict.Differs(what);
    }

    private static boolean covers(Expected expected, List<Comparison.Difference> differences) {
      return differences.stream()
          .map(Comparison.Difference::aspect)
          .allMatch(expected.aspects()::contains);
    }

    private Verdict success() {
      Run run = references.getFirst();
      // Ctrl-C is how a server is stopped.
      if (!run.failed() || (scene.entry().serve() != null && !run.timedOut())) {
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
