package dev.javaloop.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Scripts that Java runs.
class ScriptTest extends SharedRuntime {
  private static final Path SCRIPTS = SOURCES.resolve("scripts");

  @TempDir Path folder;

  @Test
  void argumentsAndName() throws IOException {
    Path result = folder.resolve("result");
    assertEquals(0, python.run(SCRIPTS.resolve("arguments.py"), result.toString(), "a", "b c"));
    assertEquals("__main__ ['a', 'b c'] True", Files.readString(result));
  }

  @Test
  void theExitStatus() {
    assertEquals(0, python.run(SCRIPTS.resolve("exits.py"), "0"));
    assertEquals(3, python.run(SCRIPTS.resolve("exits.py"), "3"));
  }

  @Test
  void whatItRaises() {
    PythonException e =
        assertThrows(PythonException.class, () -> python.run(SCRIPTS.resolve("fails.py")));
    assertEquals("LookupError", e.type());
    assertEquals("in a script", e.pythonMessage());
    assertTrue(e.traceback().contains("fails.py\", line 5, in <module>"), e.traceback());
    assertTrue(e.traceback().contains("fails.py\", line 2, in inner"), e.traceback());
    AsyncCallTest.assertScriptFramesOnly(e.traceback());
  }

  @Test
  void noSuchScript() {
    Path missing = SCRIPTS.resolve("missing.py");
    UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> python.run(missing));
    assertEquals(NoSuchFileException.class, e.getCause().getClass());
    assertTrue(e.getMessage().contains(missing.toString()), e.getMessage());
  }

  @Test
  void asyncioRunsInItAndCallsWorkAfterwards() throws IOException {
    Path result = folder.resolve("result");
    assertEquals(0, python.run(SCRIPTS.resolve("runs_asyncio.py"), result.toString()));
    assertEquals("javaloop.Loop [0, 1, 2]", Files.readString(result));
    assertEquals(3, call("add", Integer.class, 1, 2));
    assertEquals("javaloop.Loop", call("loop_type", String.class));
  }
}
