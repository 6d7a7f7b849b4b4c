package dev.javaloop.conformance;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Replays the project's own examples on the launcher, a test for each.
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("examples");

  @TestFactory
  Stream<DynamicTest> onTheLauncher() throws Exception {
    String launcher = System.getProperty("javaloop.launcher");
    if (launcher == null || launcher.isEmpty()) {
      return Stream.of(
          DynamicTest.dynamicTest(
              "the launcher",
              () -> abort("not run: the system property javaloop.launcher names no launcher")));
    }
    ReferencePython.Found reference = Cpython.find();
    Replay replay =
        Replay.run(
            Note.read(List.of(EXAMPLES)).stream().flatMap(note -> Fence.in(note).stream()).toList(),
            reference.side(),
            new Side("bridge", List.of(launcher), "javaloop"),
            Expectations.bundled("graalpy"),
            new CaseReplay.Options(2, 60),
            Runtime.getRuntime().availableProcessors(),
            List.of(),
            _ -> {});
    return replay.results().stream()
        .map(
            result ->
                DynamicTest.dynamicTest(
                    result.fence().id(),
                    () ->
                        assertFalse(
                            result.verdict().fails(),
                            () ->
                                result.verdict().label()
                                    + " ("
                                    + result.verdict().detail()
                                    + ")")));
  }

  @Test
  void everyExampleSaysWhatItStandsFor() throws Exception {
    for (Note note : Note.read(List.of(EXAMPLES))) {
      List<String> lines = note.text().lines().toList();
      for (Fence fence : Fence.in(note)) {
        int line = fence.line() - 2;
        while (line > 0 && lines.get(line).isBlank()) {
          line--;
        }
        StringBuilder paragraph = new StringBuilder();
        while (line >= 0 && !lines.get(line).isBlank()) {
          paragraph.insert(0, lines.get(line--) + " ");
        }
        assertTrue(paragraph.toString().startsWith("Stands for "), fence.id() + ": " + paragraph);
      }
    }
  }

  @Test
  void examplesAreThere() {
    assertTrue(Files.isDirectory(EXAMPLES));
  }
}
