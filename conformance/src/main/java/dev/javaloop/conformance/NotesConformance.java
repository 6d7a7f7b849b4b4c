package dev.javaloop.conformance;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.javaloop.conformance.catalogue.Catalogue;
import dev.javaloop.conformance.stage.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// A JUnit test for each fence of notes: extend it and name the notes.
///
/// The launcher is the one that the system property `javaloop.launcher` or the variable
/// JAVALOOP_LAUNCHER names; without one nothing runs, and the test says so.
public abstract class NotesConformance {

  /// The Markdown files or folders.
  protected abstract List<Path> notes();

  /// The column: `graalpy`, `cpython`, `cpython@3.10`, `cpython+legacy`.
  protected String engine() {
    return "graalpy";
  }

  /// Catalogues of what the notes' cases need; later ones win.
  protected List<Path> catalogues() {
    return List.of();
  }

  /// How servers are started.
  protected Stage.How servers() {
    return Stage.How.AUTO;
  }

  /// The time limit of a run in seconds.
  protected double limitSeconds() {
    return 60;
  }

  /// Replays the notes, and gives a test for each fence with its verdict.
  @TestFactory
  public Stream<DynamicTest> fences() throws IOException, InterruptedException {
    Home home = Home.of(System.getenv());
    if (!home.named()) {
      return Stream.of(
          DynamicTest.dynamicTest(
              "the launcher",
              () ->
                  abort(
                      "not run: neither the system property javaloop.launcher nor JAVALOOP_LAUNCHER"
                          + " names a launcher")));
    }
    Catalogue catalogue = Catalogues.with(catalogues());
    List<Note> read = Note.read(notes());
    Column column = Column.here(Column.Wanted.of(engine()), null, null, home, Main.remarks(read));
    try (Stage stage =
        new Stage(catalogue, home.cache(), servers(), line -> System.err.println(line))) {
      Replay replay =
          Replay.run(
              read.stream().flatMap(note -> Fence.in(note).stream()).toList(),
              column,
              new Replay.Settings(
                  catalogue,
                  stage,
                  new CaseReplay.Options(2, limitSeconds()),
                  Runtime.getRuntime().availableProcessors()),
              Optional.empty(),
              _ -> {});
      replay.remarks().forEach(System.err::println);
      return replay.results().stream().map(NotesConformance::test);
    }
  }

  private static DynamicTest test(CaseResult result) {
    Verdict verdict = result.verdict();
    return DynamicTest.dynamicTest(
        result.fence().id() + " " + verdict.label(),
        result.fence().note().path().toUri(),
        () -> {
          if (verdict instanceof Verdict.Skipped(String reason)) {
            abort("skipped: " + reason);
          }
          assertFalse(
              Verdict.FAILING.contains(verdict.label()),
              () -> verdict.label() + " (" + verdict.detail() + ")");
        });
  }
}
