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
  void fileThatIsNoText() throws IOException {
    Path file = folder.resolve("note.md");
    Files.write(file, new byte[] {'a', (byte) 0xff, (byte) 0xfe});
    refuses("not UTF-8", file.toString());
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
  void tableOfExpectedDifferencesThatIsWrong() throws IOException {
    Path table =
        Files.writeString(folder.resolve("table.json"), "{\"schemaVersion\": 1, \"rows\": []}");
    refuses("not valid", note("x").toString(), "--expected", table.toString());
    err.getBuffer().setLength(0);
    Files.writeString(
        table,
        "{\"schemaVersion\": 1, \"expected\": [{\"cases\": [\"a#1\"], \"aspects\": [\"colour\"],"
            + " \"reason\": \"r\"}]}");
    refuses("no such aspect: colour", folder + "/note.md", "--expected", table.toString());
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
  void aProgramThatIsToldToStopLeavesNoProcessBehind() throws Exception {
    Path bridge =
        Cpython.bridge(
            folder, "echo $$ >\"$COUNTER.part\"; mv \"$COUNTER.part\" \"$COUNTER\"; sleep 7654");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
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
  }
}
