package dev.javaloop.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Replays the project's own examples on the launcher, a test for each.
class ExamplesTest extends NotesConformance {
  private static final Path EXAMPLES = Path.of("examples");

  @Override
  protected List<Path> notes() {
    return List.of(EXAMPLES);
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
