package dev.javaloop.conformance;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A replay as `report.json` has it; `report.schema.json` describes it. A change that old readers
/// cannot read is a new `schemaVersion`.
record Document(
    int schemaVersion,
    String generated,
    double seconds,
    Interpreted reference,
    Interpreted bridge,
    Settings options,
    String timingRule,
    List<String> remarks,
    Map<String, Integer> totals,
    boolean failed,
    List<Case> cases) {

  static final int SCHEMA_VERSION = 1;

  /// One side.
  record Interpreted(String description, List<String> command) {}

  /// How it was run.
  record Settings(int runs, double timeoutSeconds) {}

  /// One fence.
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Case(
      String id,
      String note,
      int line,
      String language,
      String verdict,
      String detail,
      boolean fails,
      List<String> normalisers,
      List<String> varying,
      List<Distinction> differences,
      @Nullable Timing timing,
      double seconds,
      String code,
      @Nullable String recordedOutput,
      List<Execution> reference,
      List<Execution> bridge) {}

  /// A difference: what differs, and how in words.
  record Distinction(String aspect, String words) {}

  /// The times that the timing rule compared.
  ///
  /// @param coldSeconds how much longer than the reference the bridge computed
  record Timing(double referenceSeconds, double bridgeSeconds, double coldSeconds) {}

  /// One run.
  ///
  /// @param exitStatus absent when the time limit ended it
  /// @param scriptSeconds from the script's first line to its end; absent when it did not pass that
  /// @param importSeconds how much of that went into imports
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Execution(
      @Nullable Integer exitStatus,
      boolean timedOut,
      double wallSeconds,
      @Nullable Double scriptSeconds,
      @Nullable Double importSeconds,
      String stdout,
      String stderr,
      List<Long> stdoutLineMillis,
      boolean truncated) {}

  static Document of(Replay replay) {
    return new Document(
        SCHEMA_VERSION,
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        round(replay.seconds()),
        new Interpreted(replay.reference().description(), replay.reference().command()),
        new Interpreted(replay.bridge().description(), replay.bridge().command()),
        new Settings(replay.options().runs(), replay.options().limitSeconds()),
        TimingRule.words(),
        replay.remarks(),
        replay.totals(),
        replay.failed(),
        replay.results().stream().map(Document::of).toList());
  }

  private static Case of(CaseResult result) {
    Fence fence = result.fence();
    return new Case(
        fence.id(),
        String.valueOf(fence.note().path().getFileName()),
        fence.line(),
        fence.language(),
        result.verdict().label(),
        result.verdict().detail(),
        result.verdict().fails(),
        result.normalisers().stream().sorted().map(Normaliser::label).toList(),
        result.varying().stream().map(Aspect::label).toList(),
        result.differences().stream()
            .map(d -> new Distinction(d.aspect().label(), d.words()))
            .toList(),
        result.timing().map(Document::of).orElse(null),
        round(result.seconds()),
        fence.code(),
        result.recordedOutput().isEmpty() ? null : result.recordedOutput(),
        result.references().stream().map(Document::of).toList(),
        result.bridges().stream().map(Document::of).toList());
  }

  private static Timing of(TimingRule.Measured measured) {
    return new Timing(
        round(measured.referenceSeconds()),
        round(measured.bridgeSeconds()),
        round(measured.coldSeconds()));
  }

  private static Execution of(Run run) {
    return new Execution(
        run.timedOut() ? null : (Integer) run.exitStatus(),
        run.timedOut(),
        round(run.wallSeconds()),
        run.clock().map(clock -> round(clock.wall())).orElse(null),
        run.clock().map(clock -> round(clock.importWall())).orElse(null),
        run.stdout(),
        run.stderr(),
        run.lineMillis(),
        run.truncated());
  }

  private static double round(double seconds) {
    return Math.round(seconds * 1000) / 1000.0;
  }
}
