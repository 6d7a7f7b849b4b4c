package dev.javaloop.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.run(args, new PrintWriter(out), new PrintWriter(err));
  }

  private void refuses(String message, String... args) {
    assertEquals(2, run(args), err::toString);
    assertEquals(1, err.toString().lines().count(), err::toString);
    assertTrue(err.toString().startsWith("conformance: "), err::toString);
    assertTrue(err.toString().contains(message), err::toString);
  }

  private Path note(String text) throws IOException {
    return Files.writeString(folder.resolve("note.md"), text);
  }

  @Test
  void missingFolder() {
    refuses("no such file or folder", folder.resolve("nowhere").toString());
  }

  @Test
  void folderWithoutNotes() {
    refuses("no Markdown file", folder.toString());
  }

  @Test
  void unknownEngine() throws IOException {
    refuses("unknown engine ironpython", note("x").toString(), "--engine", "ironpython");
  }

  @Test
  void unknownOption() throws IOException {
    refuses("--colour", note("x").toString(), "--colour");
  }

  @Test
  void referenceThatDoesNotRun() throws IOException {
    refuses("is no CPython that runs", note("x").toString(), "--reference", folder + "/python");
  }

  @Test
  void bridgeThatDoesNotRun() throws Exception {
    Cpython.find();
    refuses("the bridge", note("x").toString(), "--bridge", "/bin/false");
  }

  @Test
  void unknownCase() throws IOException {
    refuses("no such case: note#2", note("```python\n1\n```\n").toString(), "--case", "note#2");
  }

  @Test
  void reportFolderThatIsAFile() throws IOException {
    Path note = note("x");
    refuses("cannot make the report's folder", note.toString(), "--report", note.toString());
  }

  @Test
  void catalogueThatIsWrong() throws IOException {
    String note = note("x").toString();
    Path file = folder.resolve("catalogue.toml");
    for (String[] wrong :
        new String[][] {
          {"schema = 2\n", "schema = 1 is missing"},
          {"schema = 1\nrows = []\n", "unknown key rows"},
          {"schema = \n", "line 1"},
          {"schema = 1\n[[expected]]\ncases = [\"a#1\"]\n", "lacks cases, aspects or reason"},
          {
            "schema = 1\n[[expected]]\ncases = [\"a#1\"]\naspects = [\"colour\"]\nreason = \"r\"\n",
            "no such aspect: colour"
          },
          {
            "schema = 1\n[services.x]\nkind = \"mongo\"\n", "services.x.kind is mongo; known: redis"
          },
          {
            "schema = 1\n[[case]]\nids = [\"a#1\"]\npackages = [\"p\"]\n",
            "case a#1: no [packages.p]"
          },
          {"schema = 1\n[[case]]\nids = [\"a#1\"]\nserve = { port = 1 }\n", "serve asks nothing"},
          {"schema = 1\n[[case]]\nids = [\"a#1\"]\nlimit = \"x\"\n", "limit"},
        }) {
      Files.writeString(file, wrong[0]);
      err.getBuffer().setLength(0);
      refuses(wrong[1], note, "--catalogue", file.toString());
      assertTrue(err.toString().contains(file.toString()), err::toString);
    }
  }

  @Test
  void optionsThatDoNotFit() throws IOException {
    String note = note("x").toString();
    refuses("no version of Python: 9", note, "--engine", "cpython@9");
    err.getBuffer().setLength(0);
    refuses("names a column twice", note, "--engine", "cpython,cpython");
    err.getBuffer().setLength(0);
    refuses("--bridge is one program", note, "--engine", "cpython,graalpy", "--bridge", "x");
    err.getBuffer().setLength(0);
    refuses("no such verdict: bad", note, "--fail-on", "bad");
    err.getBuffer().setLength(0);
    refuses("--servers", note, "--servers", "some");
  }

  @Test
  void theUserSaysWhatFails() throws Exception {
    String python = Cpython.find().command();
    String note = note("```python\n1 / 0\n```\n").toString();
    assertEquals(0, run(note, "--bridge", python), err::toString);
    assertEquals(
        1, run(note, "--bridge", python, "--fail-on", "differs,same-failure"), err::toString);
  }

  @Test
  void listRunsNothing() throws Exception {
    String python = Cpython.find().command();
    Path note =
        note(
            "```python\n"
                + "open('ran', 'w')\n"
                + "```\n\n"
                + "```python\n"
                + "import nobody_has_this\n"
                + "```\n\n"
                + "```sh\n"
                + "ls\n"
                + "```\n");
    assertEquals(0, run(note.toString(), "--bridge", python, "--list"), err::toString);
    List<String> lines = out.toString().lines().toList();
    assertEquals("note#1  line 1  script", lines.get(0));
    assertEquals(
        "note#2  line 5  skipped(package nobody_has_this is not installed on either side)",
        lines.get(1));
    assertEquals("note#3  line 9  not-python(labelled sh)", lines.get(2));
  }

  @Test
  void statusIsOneOnlyWhenSomethingFails() throws Exception {
    String python = Cpython.find().command();
    Path note =
        note("```python\nimport sys\nprint(sys.argv[0])\n```\n\n```python\nprint('x')\n```\n");
    Path report = folder.resolve("deep/report");
    assertEquals(
        0, run(note.toString(), "--bridge", python, "--report", report.toString()), err::toString);
    for (String name : List.of("report.json", "junit.xml", "summary.md", "index.html")) {
      assertTrue(Files.size(report.resolve(name)) > 100, name);
    }
    Path other =
        Cpython.bridge(folder, "[ \"$1\" = note-1.py ] && exec \"$PYTHON\" \"$1\"; echo y");
    assertEquals(1, run(note.toString(), "--bridge", other.toString()), err::toString);
    assertTrue(
        err.toString().contains("note#2 differs (stdout: expected `x`, got `y`)"), err::toString);
  }

  @Test
  void whatFailedIsReplayedAgain() throws Exception {
    Path note = note("```python\nprint('a')\n```\n\n```python\nprint('b')\n```\n");
    String report = folder.resolve("report").toString();
    Path wrong =
        Cpython.bridge(folder, "[ \"$1\" = note-1.py ] && exec \"$PYTHON\" \"$1\"; echo y");
    assertEquals(1, run(note.toString(), "--bridge", wrong + "", "--report", report));
    err.getBuffer().setLength(0);
    Path right = Cpython.bridge(folder, "exec \"$PYTHON\" \"$1\"");
    assertEquals(
        0, run(note.toString(), "--bridge", right + "", "--report", report, "--rerun-failed"));
    assertTrue(err.toString().startsWith("[1/1] note#2 same"), err::toString);
    Document now = Document.read(Path.of(report, "report.json"));
    assertEquals(List.of("note#1", "note#2"), now.cases().stream().map(Document.Case::id).toList());
    assertEquals(2, now.columns().getFirst().totals().get("same"));
    assertFalse(now.failed());
    err.getBuffer().setLength(0);
    refuses("--rerun-failed needs the --report", note.toString(), "--rerun-failed");
  }

  @Test
  void expectationsAreBroughtUpToDate() throws Exception {
    Path note = note("```python\nprint('a')\n```\n\n```python\nprint('b')\n```\n");
    Path file =
        Files.writeString(
            folder.resolve("expected.toml"),
            "schema = 1\n"
                + "[[expected]]\n"
                + "cases = [\"note#1\", \"other#1\"]\n"
                + "aspects = [\"stdout\"]\n"
                + "reason = \"r \\\"q\\\"\"\n");
    Path wrong =
        Cpython.bridge(folder, "[ \"$1\" = note-1.py ] && exec \"$PYTHON\" \"$1\"; echo y");
    String[] command = {
      note.toString(), "--bridge", wrong.toString(), "--update-expectations", file.toString()
    };
    assertEquals(1, run(command), err::toString);
    assertTrue(
        out.toString()
            .contains(
                "- note#1 on graalpy: r \"q\"\n"
                    + "+ note#2 on graalpy: stdout: expected `b`, got `y`\n"
                    + "2 changes"),
        out::toString);
    assertEquals(
        """
        schema = 1

        [[expected]]
        cases = ["other#1"]
        aspects = ["stdout"]
        reason = "r \\"q\\""

        [[expected]]
        cases = ["note#2"]
        on = ["graalpy"]
        aspects = ["stdout"]
        reason = "not explained yet: stdout: expected `b`, got `y`"
        """,
        Files.readString(file));
    out.getBuffer().setLength(0);
    assertEquals(0, run(command), err::toString);
    assertTrue(out.toString().contains("0 changes"), out::toString);
  }

  @Test
  void theProgramItselfEndsWithTheStatus() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.add(folder.resolve("nowhere").toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(2, process.waitFor(), said);
    assertFalse(said.contains("\tat "), said);
  }

  @Test
  void aProgramThatIsToldToStopLeavesNoProcessAndNoFolderBehind() throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    Path bridge =
        Cpython.bridge(
            folder, "echo $$ >\"$COUNTER.part\"; mv \"$COUNTER.part\" \"$COUNTER\"; sleep 7654");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Djava.io.tmpdir=" + temporary);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(note("```python\n1\n```\n").toString(), "--bridge", bridge.toString()));
    Process process = new ProcessBuilder(command).inheritIO().start();
    Path counter = folder.resolve("counter");
    while (process.isAlive() && !Files.exists(counter)) {
      Thread.sleep(20);
    }
    process.destroy();
    assertEquals(128 + 15, process.waitFor());
    Path status = Path.of("/proc/" + Files.readString(counter).strip() + "/stat");
    assertTrue(!Files.exists(status) || Files.readString(status).contains(") Z "), "it lives on");
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(List.of(), left.toList());
    }
  }
}
