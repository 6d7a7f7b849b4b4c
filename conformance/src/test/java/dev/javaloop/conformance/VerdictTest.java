package dev.javaloop.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javaloop.conformance.catalogue.Aspect;
import dev.javaloop.conformance.catalogue.Catalogue;
import dev.javaloop.conformance.stage.Stage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Makes every verdict happen, with a real CPython and bridges that misbehave.
class VerdictTest {
  private static final String SAME = "exec \"$PYTHON\" \"$1\"";

  @TempDir Path folder;

  private CaseResult replay(String fence, String bridgeBody) throws Exception {
    return replay(fence, bridgeBody, 60, new Catalogue());
  }

  private CaseResult replay(String fence, String bridgeBody, double limit, Catalogue catalogue)
      throws Exception {
    Path bridge = Cpython.bridge(folder, bridgeBody);
    Note note = new Note(folder.resolve("note.md"), "note", fence);
    try (Stage stage = Cpython.stage(catalogue)) {
      return Cpython.replay(Fence.in(note), List.of(bridge.toString()), limit, catalogue, stage)
          .results()
          .getFirst();
    }
  }

  private static String python(String code) {
    return "```python\n" + code + "\n```\n";
  }

  private static Catalogue expecting(String aspects) {
    return new Catalogue()
        .add(
            "schema = 1\n[[expected]]\ncases = [\"note#1\"]\naspects = [%s]\nreason = \"known\"\n"
                .formatted(aspects),
            "the test's");
  }

  @Test
  void same() throws Exception {
    CaseResult result =
        replay(
            python("import os\nprint(__name__, os.path.basename(__file__), sorted(os.listdir()))"),
            SAME);
    assertEquals(new Verdict.Same(), result.verdict());
    assertEquals(Set.of(), result.normalisers());
    assertTrue(result.timing().isPresent());
  }

  @Test
  void theClockIsInvisible() throws Exception {
    CaseResult result =
        replay(
            python(
                "import os, sys\n"
                    + "print([k for k in os.environ if 'JAVALOOP' in k or k == 'PYTHONPATH'])\n"
                    + "print([p for p in sys.path if 'conformance' in p and 'run-' not in p])"),
            SAME);
    assertEquals("[]\n[]\n", result.references().getFirst().stdout());
    assertTrue(result.references().getFirst().clock().isPresent());
  }

  @Test
  void childrenFlushTheirLinesAsForkedOnesDo() throws Exception {
    String child =
        "import os, sys; print(sys.stdout.line_buffering,"
            + " [k for k in os.environ if 'JAVALOOP' in k or k == 'PYTHONPATH'],"
            + " [p for p in sys.path if p.endswith('site')])";
    CaseResult result =
        replay(
            python(
                "import subprocess, sys\nsubprocess.run([sys.executable, '-c', \"%s\"])"
                    .formatted(child)),
            SAME);
    assertEquals("True [] []\n", result.references().getFirst().stdout());
  }

  @Test
  void whatChildrenComputeIsNoWait() throws Exception {
    CaseResult result =
        replay(
            python(
                "import subprocess, sys\n"
                    + "busy = 'import time\\nwhile time.process_time() < 0.5: pass'\n"
                    + "subprocess.run([sys.executable, '-c', busy])"),
            SAME);
    Run.Clock clock = result.references().getFirst().clock().orElseThrow();
    assertTrue(clock.cpu() > 0.4, clock.toString());
  }

  @Test
  void theClockIsInNoTraceback() throws Exception {
    CaseResult result = replay(python("import asyncio\n__import__('nobody_has_this')"), SAME);
    List<String> lines = result.references().getFirst().stderrLines();
    assertEquals(1, lines.stream().filter(line -> line.contains("File ")).count(), lines::toString);
  }

  @Test
  void importsDoNotCountAsTime() throws Exception {
    CaseResult result = replay(python("import asyncio, json, urllib.request"), SAME);
    Run.Clock clock = result.references().getFirst().clock().orElseThrow();
    assertTrue(clock.importWall() > 0.01, clock.toString());
    assertTrue(clock.withoutImports() < clock.importWall(), clock.toString());
  }

  @Test
  void sameFailure() throws Exception {
    CaseResult result = replay(python("print('a')\n1 / 0"), SAME);
    assertEquals(new Verdict.SameFailure("ZeroDivisionError: division by zero"), result.verdict());
  }

  @Test
  void sameFailureWhenNeitherEnds() throws Exception {
    CaseResult result =
        replay(python("import threading\nthreading.Event().wait()"), SAME, 2, new Catalogue());
    assertEquals(new Verdict.SameFailure("both run until the time limit"), result.verdict());
  }

  @Test
  void differs() throws Exception {
    CaseResult result = replay(python("print('a')"), "echo b");
    assertEquals(new Verdict.Differs("stdout: expected `a`, got `b`"), result.verdict());
    assertEquals(3, result.bridges().size());
  }

  @Test
  void differsByTheStatusOfExit() throws Exception {
    assertEquals(
        new Verdict.Differs("exit: expected exit status 3, got exit status 0"),
        replay(python("raise SystemExit(3)"), "exit 0").verdict());
  }

  @Test
  void differsByTime() throws Exception {
    CaseResult result =
        replay(
            python("import time\ntime.sleep(1)"),
            "unset PYTHONPATH; sleep 1; exec \"$PYTHON\" \"$1\"");
    Verdict.Differs differs = assertInstanceOf(Verdict.Differs.class, result.verdict());
    assertTrue(differs.what().startsWith("timing: "), differs.what());
  }

  @Test
  void whatVariesIsLearned() throws Exception {
    CaseResult result = replay(python("import random\nprint('n', random.randrange(10**9))"), SAME);
    assertEquals(new Verdict.Same(), result.verdict());
    assertEquals(3, result.references().size());
    assertEquals(List.of(Aspect.STDOUT), result.varying());
  }

  @Test
  void expectedDifference() throws Exception {
    CaseResult result = replay(python("print('a')"), "echo b", 60, expecting("\"stdout\""));
    assertEquals(new Verdict.ExpectedDifference("known"), result.verdict());
  }

  @Test
  void anotherDifferenceThanTheExpectedOne() throws Exception {
    CaseResult result = replay(python("print('a')"), "echo b", 60, expecting("\"warnings\""));
    assertInstanceOf(Verdict.Differs.class, result.verdict());
  }

  @Test
  void unexpectedPass() throws Exception {
    CaseResult result = replay(python("print('a')"), SAME, 60, expecting("\"stdout\""));
    assertEquals(new Verdict.UnexpectedPass("known"), result.verdict());
  }

  @Test
  void flaky() throws Exception {
    CaseResult result =
        replay(
            python("print('a')"),
            "n=$(cat \"$COUNTER\" 2>/dev/null || echo 0); echo $((n + 1)) >\"$COUNTER\"; [ $n = 0 ]"
                + " && { echo b; exit; }; "
                + SAME);
    assertEquals(new Verdict.Flaky(2, 3), result.verdict());
  }

  @Test
  void timeoutLeavesNoProcessBehind() throws Exception {
    CaseResult result =
        replay(
            python("print('a')"),
            "sleep 7654 & echo $! >\"$COUNTER\"; sleep 7654",
            1,
            new Catalogue());
    assertInstanceOf(Verdict.Timeout.class, result.verdict());
    long child = Long.parseLong(Files.readString(folder.resolve("counter")).strip());
    Path status = Path.of("/proc/" + child + "/stat");
    // Dead and not yet reaped by its new parent is dead enough.
    assertTrue(
        !Files.exists(status) || Files.readString(status).contains(") Z "), "the child lives on");
  }

  @Test
  void crash() throws Exception {
    assertEquals(
        new Verdict.Crash("exit status 139 (signal 11)"),
        replay(python("print('a')"), "kill -SEGV $$").verdict());
    assertEquals(
        new Verdict.Crash("exit status 134 (signal 6)"),
        replay(python("print('a')"), "exit 134").verdict());
  }

  @Test
  void skipped() throws Exception {
    assertEquals(
        new Verdict.Skipped("package nobody_has_this is not installed on either side"),
        replay(python("import nobody_has_this"), SAME).verdict());
    assertEquals(
        new Verdict.Skipped("network: example.org"),
        replay(python("import urllib.request as r\nr.urlopen('https://example.org/x')"), SAME)
            .verdict());
  }

  @Test
  void loopbackIsNoNetworkAndAnOptionalPackageIsNotMissed() throws Exception {
    assertEquals(
        new Verdict.Same(),
        replay(
                python(
                    "import urllib.request\n"
                        + "url = 'http://127.0.0.1:1/'\n"
                        + "try:\n"
                        + "    import nobody_has_this\n"
                        + "except ImportError:\n"
                        + "    print('without')"),
                SAME)
            .verdict());
  }

  @Test
  void notPython() throws Exception {
    assertEquals(new Verdict.NotPython("labelled sh"), replay("```sh\nls\n```\n", SAME).verdict());
    assertEquals(new Verdict.NotPython("empty"), replay("```python\n\n```\n", SAME).verdict());
    assertEquals(
        new Verdict.NotPython("console transcript"),
        replay("```python\n$ ls\nx\n```\n", SAME).verdict());
    assertInstanceOf(
        Verdict.NotPython.class, replay("```\nthis is prose, no code\n```\n", SAME).verdict());
  }

  @Test
  void unlabelledPythonRuns() throws Exception {
    assertEquals(new Verdict.Same(), replay("```\nprint(1)\n```\n", SAME).verdict());
  }

  @Test
  void sessionsRunCellByCell() throws Exception {
    CaseResult result =
        replay(
            """
            ```python
            In [1]: x = 20; x + 1
            Out[1]: recorded
            In [2]: 1 / 0
            In [3]: import asyncio
               ...: await asyncio.sleep(0, 'slept')
            ```
            """,
            SAME);
    assertEquals("21\n'slept'\n", result.references().getFirst().stdout());
    assertEquals("Out[1]: recorded\n", result.recordedOutput());
    assertEquals(new Verdict.SameFailure("ZeroDivisionError: division by zero"), result.verdict());
  }

  @Test
  void everyVerdictHasItsName() {
    List<Verdict> all =
        List.of(
            new Verdict.Same(),
            new Verdict.SameFailure(""),
            new Verdict.ExpectedDifference(""),
            new Verdict.Flaky(1, 3),
            new Verdict.Skipped(""),
            new Verdict.NotPython(""),
            new Verdict.Differs(""),
            new Verdict.Timeout(""),
            new Verdict.Crash(""),
            new Verdict.UnexpectedPass(""));
    assertEquals(Verdict.LABELS, all.stream().map(Verdict::label).toList());
    assertEquals(all.size(), Verdict.class.getPermittedSubclasses().length);
    assertTrue(Verdict.LABELS.containsAll(Verdict.FAILING));
  }

  @Test
  void whatTheLegacyLayerChangesNothingForIsNotRunOnTheBridgeAgain() throws Exception {
    List<String> bridge = List.of(Cpython.bridge(folder, SAME).toString());
    String removed = "import asyncio\nprint(asyncio.__name__, hasattr(asyncio, 'coroutine'))";
    String notes = python("print(1)") + "\n" + python(removed) + "\n" + python("1 / 0");
    List<Fence> fences = Fence.in(new Note(folder.resolve("note.md"), "note", notes));
    Column plain = Cpython.column("test", bridge);
    Column legacy =
        new Column(
            plain.name() + Column.LEGACY,
            plain.engine(),
            plain.version(),
            true,
            plain.reference(),
            plain.bridge(),
            List.of());
    try (Stage stage = Cpython.stage(new Catalogue())) {
      Replay.Settings settings =
          new Replay.Settings(new Catalogue(), stage, new CaseReplay.Options(2, 60), 1);
      Replay without = Replay.run(fences, plain, settings, Optional.empty(), _ -> {});
      List<CaseResult> with =
          Replay.run(fences, legacy, settings, Optional.of(without), _ -> {}).results();
      assertEquals(
          List.of(plain.name(), "", plain.name()), with.stream().map(CaseResult::asIn).toList());
      assertEquals(without.results().getLast().bridges(), with.getLast().bridges());
      assertEquals(without.results().getLast().verdict(), with.getLast().verdict());
      assertEquals(1, with.getFirst().references().size());
      assertEquals("asyncio True\n", with.get(1).bridges().getFirst().stdout());
      assertEquals("asyncio False\n", without.results().get(1).bridges().getFirst().stdout());
    }
  }
}
