package dev.javaloop.conformance;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.javaloop.conformance.catalogue.Aspect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A replay as `report.json` has it; `report.schema.json` describes it. A change that old readers
/// cannot read is a new `schemaVersion`.
record Document(
    int schemaVersion,
    String generated,
    double seconds,
    Settings options,
    String timingRule,
    List<Engine> columns,
    List<Server> servers,
    boolean failed,
    List<Case> cases) {

  static final int SCHEMA_VERSION = 2;
  private static final ObjectMapper JSON = new ObjectMapper();

  /// How it was run.
  record Settings(int runs, double timeoutSeconds, List<String> failOn) {}

  /// One column: an engine and the CPython that it is compared with.
  record Engine(
      String name,
      String engine,
      boolean legacy,
      Interpreted reference,
      Interpreted bridge,
      double seconds,
      List<String> remarks,
      Map<String, Integer> totals,
      boolean failed) {

    private Engine counting(List<Case> cases) {
      List<Result> own =
          cases.stream()
              .flatMap(each -> each.results().stream())
              .filter(result -> result.column().equals(name))
              .toList();
      return new Engine(
          name,
          engine,
          legacy,
          reference,
          bridge,
          seconds,
          remarks,
          Verdict.totals(own.stream().map(Result::verdict)),
          own.stream().anyMatch(Result::fails));
    }
  }

  /// One side.
  record Interpreted(String description, List<String> command) {}

  /// A server that cases talked to, and how it was started.
  record Server(String name, String kind, String by) {}

  /// One fence, with a result for each column.
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Case(
      String id,
      String note,
      int line,
      String language,
      String code,
      @Nullable String recordedOutput,
      List<Result> results) {

    /// Whether it fails in some column.
    boolean failsSomewhere() {
      return results.stream().anyMatch(Result::fails);
    }
  }

  /// A fence in a column.
  ///
  /// @param asIn the column whose runs of the bridge these are; absent for runs of its own
  /// @param shown both sides' lines next to each other, by the part of the output
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Result(
      String column,
      String verdict,
      String detail,
      boolean fails,
      List<String> normalisers,
      List<String> varying,
      List<Distinction> differences,
      @Nullable Timing timing,
      @Nullable String asIn,
      double seconds,
      Map<String, List<SideBySide.Row>> shown,
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
      boolean truncated,
      List<String> files,
      List<String> answers) {}

  static Document of(Matrix matrix) {
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < matrix.fences().size(); i++) {
      cases.add(fence(matrix, i));
    }
    return new Document(
        SCHEMA_VERSION,
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        round(matrix.seconds()),
        new Settings(
            matrix.options().runs(),
            matrix.options().limitSeconds(),
            matrix.failOn().stream().sorted().toList()),
        TimingRule.words(),
        matrix.columns().stream().map(replay -> engine(matrix, replay)).toList(),
        matrix.servers().stream().map(ran -> new Server(ran.name(), ran.kind(), ran.by())).toList(),
        matrix.failed(),
        cases);
  }

  /// A report that this suite wrote.
  static Document read(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw new UsageException("no report " + file);
    }
    try {
      Document document = JSON.readValue(file.toFile(), Document.class);
      if (document.schemaVersion() == SCHEMA_VERSION) {
        return document;
      }
    } catch (JsonProcessingException e) {
      throw new UsageException(file + " is no report of this suite", e);
    }
    throw new UsageException(file + " is no report of schemaVersion " + SCHEMA_VERSION);
  }

  /// Whether the case fails in some column.
  boolean fails(String id) {
    return cases.stream().anyMatch(each -> each.id().equals(id) && each.failsSomewhere());
  }

  /// This report, with the cases of a later one in their places.
  Document updated(Document later) {
    List<String> names = columns.stream().map(Engine::name).toList();
    if (!names.equals(later.columns().stream().map(Engine::name).toList())) {
      throw new UsageException(
          "the report has the columns " + String.join(",", names) + "; replay these with --engine");
    }
    List<Case> all =
        cases.stream()
            .map(
                each ->
                    later.cases().stream()
                        .filter(other -> other.id().equals(each.id()))
                        .findFirst()
                        .orElse(each))
            .toList();
    List<Engine> counted = later.columns().stream().map(column -> column.counting(all)).toList();
    return new Document(
        SCHEMA_VERSION,
        later.generated(),
        later.seconds(),
        later.options(),
        timingRule,
        counted,
        later.servers(),
        counted.stream().anyMatch(Engine::failed),
        all);
  }

  private static Engine engine(Matrix matrix, Replay replay) {
    Column column = replay.column();
    return new Engine(
        column.name(),
        column.engine(),
        column.legacy(),
        new Interpreted(column.reference().description(), column.reference().command()),
        new Interpreted(column.bridge().description(), column.bridge().command()),
        round(replay.seconds()),
        replay.remarks(),
        replay.totals(),
        replay.results().stream().anyMatch(matrix::fails));
  }

  private static Case fence(Matrix matrix, int index) {
    Fence fence = matrix.fences().get(index);
    List<Result> results = new ArrayList<>();
    String recorded = "";
    for (Replay replay : matrix.columns()) {
      CaseResult result = replay.results().get(index);
      recorded = result.recordedOutput().isEmpty() ? recorded : result.recordedOutput();
      results.add(result(matrix, replay.column().name(), result));
    }
    return new Case(
        fence.id(),
        String.valueOf(fence.note().path().getFileName()),
        fence.line(),
        fence.language(),
        fence.code(),
        recorded.isEmpty() ? null : recorded,
        results);
  }

  private static Result result(Matrix matrix, String column, CaseResult result) {
    Map<String, List<SideBySide.Row>> shown = new LinkedHashMap<>();
    result
        .comparison()
        .ifPresent(
            comparison ->
                comparison
                    .channels()
                    .forEach(c -> shown.put(c.aspect().label(), SideBySide.rows(c))));
    shown.values().removeIf(List::isEmpty);
    return new Result(
        column,
        result.verdict().label(),
        result.verdict().detail(),
        matrix.fails(result),
        result.normalisers().stream().sorted().map(Normaliser::label).toList(),
        result.varying().stream().map(Aspect::label).toList(),
        result.differences().stream()
            .map(d -> new Distinction(d.aspect().label(), d.words()))
            .toList(),
        result.timing().map(Document::of).orElse(null),
        result.asIn().isEmpty() ? null : result.asIn(),
        round(result.seconds()),
        shown,
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
        run.truncated(),
        run.files(),
        run.answers());
  }

  private static double round(double seconds) {
    return Math.round(seconds * 1000) / 1000.0;
  }
}
