package dev.javaloop.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProgressTest {
  private static final String ERASE = "\r\u001b[K";
  private final StringWriter said = new StringWriter();

  private static List<Fence> fences() {
    String block = "```python\nprint(1)\n```\n";
    return Fence.in(new Note(Path.of("note.md"), "note", block + "\n" + block));
  }

  private void replay(boolean live) {
    List<Fence> fences = fences();
    try (Progress progress = new Progress(2, new PrintWriter(said), live)) {
      Replay.Listener cases = progress.of("cpython");
      fences.forEach(cases::started);
      progress.note("installing");
      cases.finished(CaseResult.notRun(fences.getFirst(), new Verdict.Skipped("no C")));
      cases.finished(CaseResult.notRun(fences.getLast(), new Verdict.Skipped("")));
    }
  }

  @Test
  void linesAreAllThatCiSees() {
    replay(false);
    assertEquals(
        """
        conformance: installing
        [1/2] cpython note#1 skipped (no C)
        [2/2] cpython note#2 skipped
        """,
        said.toString());
  }

  @Test
  void onATerminalTheLastLineSaysWhatRunsUntilTheEnd() {
    replay(true);
    String all = said.toString();
    assertTrue(
        all.contains("[1/2] cpython note#1 skipped (no C)\n1 of 2, 0:00  cpython note#2"), all);
    assertTrue(all.endsWith("2 of 2, 0:00  " + ERASE), all);
    assertFalse(all.substring(all.lastIndexOf(ERASE)).contains("of"), all);
  }
}
