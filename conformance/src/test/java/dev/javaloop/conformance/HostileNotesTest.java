package dev.javaloop.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Notes that nobody here wrote get useful verdicts, and the suite survives them: each of these
/// replays a note on CPython as both sides, beside a case that does no harm.
class HostileNotesTest {
  private static final String HARMLESS = "```python\nprint('harmless')\n```\n\n";

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int replay(Path notes, String... more) throws Exception {
    String python = Cpython.find().command();
    Stream<String> words =
        Stream.of(notes.toString(), "--bridge", python, "--reference", python, "--runs", "1");
    return Main.run(
        Stream.concat(words, Arrays.stream(more)).toArray(String[]::new),
        new PrintWriter(out),
        new PrintWriter(err));
  }

  private Path note(String name, String text) throws IOException {
    Files.createDirectories(folder.resolve("notes"));
    return Files.writeString(folder.resolve("notes").resolve(name), text);
  }

  private static String fence(String code) {
    return HARMLESS + "```python\n" + code.strip() + "\n```\n";
  }

  /// Replays a note of the harmless case and one with this code; the verdict of the latter.
  private String verdict(String code, String... more) throws Exception {
    note("note.md", fence(code));
    replay(folder.resolve("notes"), more);
    assertTrue(said("note#1").endsWith("note#1 same"), this::all);
    return said("note#2").replaceFirst(".*note#2 ", "");
  }

  private String said(String id) {
    return err.toString()
        .lines()
        .filter(line -> line.contains("] " + id + " "))
        .findFirst()
        .orElse("");
  }

  private String all() {
    return err.toString() + out;
  }

  // --- Markdown

  @Test
  void anUnclosedFenceEndsWithTheNote() throws Exception {
    note("open.md", "text\n\n~~~~python\nprint('open')\n");
    assertEquals(0, replay(folder.resolve("notes")), this::all);
    assertTrue(said("open#1").endsWith("open#1 same"), this::all);
  }

  @Test
  void bytesThatAreNoText() throws Exception {
    Path note = note("bytes.md", "");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(HARMLESS.getBytes(StandardCharsets.UTF_8));
    bytes.write(
        "```python\nprint('a\0b')\n```\n\n```python\nprint('".getBytes(StandardCharsets.UTF_8));
    bytes.write(new byte[] {(byte) 0xff, (byte) 0xfe, (byte) 0xc3, 0x28});
    bytes.write("')\n```\n".getBytes(StandardCharsets.UTF_8));
    Files.write(note, bytes.toByteArray());
    assertEquals(0, replay(folder.resolve("notes")), this::all);
    for (int number = 1; number <= 3; number++) {
      assertTrue(said("bytes#" + number).endsWith(" same"), this::all);
    }
    assertTrue(out.toString().contains("bytes.md is not UTF-8"), this::all);
  }

  @Test
  void nestedDeeperThanAnybodyWrites() throws Exception {
    note("quotes.md", HARMLESS + "> ".repeat(20_000) + "deep\n");
    note("lists.md", HARMLESS + "- ".repeat(20_000) + "deep\n");
    note("brackets.md", HARMLESS + "[".repeat(50_000) + "*_".repeat(20_000) + "\n");
    assertEquals(0, replay(folder.resolve("notes")), this::all);
    for (String stem : List.of("quotes", "lists", "brackets")) {
      assertTrue(said(stem + "#1").endsWith(" same"), this::all);
    }
  }

  @Test
  void codeThatBreaksTheParser() throws Exception {
    String verdict = verdict("x = " + "-".repeat(200_000) + "1");
    assertTrue(verdict.startsWith("same"), this::all);
    note(
        "brackets.md",
        "```\n" + "(".repeat(100_000) + "\n```\n\n```\n" + "a.".repeat(50_000) + "b\n```\n");
    replay(folder.resolve("notes"));
    assertFalse(said("brackets#2").isEmpty(), this::all);
  }

  @Test
  void thousandsOfFences() throws Exception {
    note("many.md", ("```sh\nls\n```\n\n" + "```text\nx\n```\n\n").repeat(3_000) + HARMLESS);
    assertEquals(0, replay(folder.resolve("notes")), this::all);
    assertTrue(said("many#6001").endsWith("same"), this::all);
    assertTrue(out.toString().contains("6001 fences"), this::all);
  }

  @Test
  void foldersAndNames() throws Exception {
    Path notes = Files.createDirectories(folder.resolve("notes"));
    note("笔记 with spaces.md", HARMLESS);
    note("-c.md", HARMLESS);
    note("line\nbreak.md", HARMLESS);
    note("line\tbreak.md", HARMLESS);
    note("x".repeat(240) + ".md", HARMLESS);
    Files.createSymbolicLink(notes.resolve("loop"), notes);
    Files.createSymbolicLink(notes.resolve("broken.md"), notes.resolve("nowhere"));
    Path deep = notes;
    for (int i = 0; i < 15; i++) {
      deep = Files.createDirectory(deep.resolve("d".repeat(200)));
    }
    Files.writeString(deep.resolve("deep.md"), HARMLESS);
    for (String parent : List.of("a/same", "b/same")) {
      Files.createDirectories(notes.resolve(parent));
      Files.writeString(notes.resolve(parent).resolve("README.md"), HARMLESS);
    }
    Path closed = Files.writeString(notes.resolve("folder.md.txt"), "no note");
    assertTrue(Files.exists(closed));
    Path report = folder.resolve("report");
    assertEquals(0, replay(notes, "--report", report.toString()), this::all);
    assertEquals(
        8, err.toString().lines().filter(line -> line.endsWith("#1 same")).count(), this::all);
    for (String id :
        List.of(
            "笔记 with spaces#1",
            "-c#1",
            "line_break~1#1",
            "line_break~2#1",
            "a/same/README#1",
            "deep#1")) {
      assertTrue(err.toString().contains("] " + id), this::all);
    }
    sound(report);
  }

  // --- output

  @Test
  void hugeOutput() throws Exception {
    assertEquals("same", verdict("for n in range(300_000):\n    print('line', n)"));
    assertEquals("same", verdict("print('x' * 50_000_000)"));
  }

  /// As a process that waits for a processor or for its reader on a busy machine does.
  @Test
  void aReferenceThatWaitsAtFirst() throws Exception {
    Path runs = folder.resolve("runs");
    assertEquals(
        "same",
        verdict(
            """
            import os, time
            with open(%s, "ab") as file:
                file.write(b".")
            if os.path.getsize(%s) == 1:
                time.sleep(2)
            print("done")\
            """
                .formatted(quoted(runs), quoted(runs))));
  }

  private static String quoted(Path path) {
    return "'" + path + "'";
  }

  @Test
  void hugeOutputThatDiffersEachTime() throws Exception {
    Path report = folder.resolve("report");
    verdict(
        "import os\nfor n in range(50_000):\n    print(os.urandom(8).hex())",
        "--report",
        report.toString());
    assertFalse(said("note#2").isEmpty(), this::all);
    sound(report);
  }

  @Test
  void binaryOutput() throws Exception {
    Path report = folder.resolve("report");
    String code =
        "import sys\n"
            + "for out in sys.stdout, sys.stderr:\n"
            + "    out.buffer.write(bytes(range(256)) * 40)";
    assertEquals("same", verdict(code, "--report", report.toString()));
    sound(report);
  }

  @Test
  void endlessOutput() throws Exception {
    assertTrue(
        verdict("while True:\n    print('y' * 1000)", "--timeout", "2").contains("time limit"),
        this::all);
  }

  @Test
  void closedStreams() throws Exception {
    assertEquals(
        "same",
        verdict(
            "import os, sys\nprint('before', flush=True)\nsys.stdout.close()\nsys.stderr.close()"));
    assertTrue(
        verdict("import os\nfor fd in range(3):\n    os.close(fd)\nprint('lost')")
            .startsWith("same"),
        this::all);
  }

  // --- processes

  @Test
  void aForkBomb() throws Exception {
    // At most two thousand, should nobody stop it.
    String code =
        """
        import os, time
        made = os.open("made", os.O_RDWR | os.O_CREAT)
        while os.lseek(made, 0, os.SEEK_END) < 2000:
            os.write(made, b"x")
            os.fork()
        time.sleep(30)
        """;
    String verdict = verdict(code);
    assertEquals("same-failure (killed: more than 512 processes)", verdict, this::all);
    assertEquals(List.of(), strays("note-2.py"));
  }

  @Test
  void daemonsThatHoldThePipes() throws Exception {
    String code =
        """
        import os, subprocess, sys, time
        stray = "import time; time.sleep(600) # stray-%s"
        subprocess.Popen([sys.executable, "-c", stray % "session"], start_new_session=True)
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.chdir("/")
                time.sleep(600)
            os._exit(0)
        print("left")
        """;
    assertEquals("same", verdict(code), this::all);
    assertEquals(List.of(), strays("stray-session"));
    assertEquals(List.of(), strays("note-2.py"));
  }

  @Test
  void aProcessGroupThatIsKilled() throws Exception {
    assertEquals(
        "same-failure (exit status 137 (signal 9))",
        verdict("import os, signal\nos.killpg(0, signal.SIGKILL)"));
  }

  private static List<String> strays(String word) {
    return ProcessHandle.allProcesses()
        .filter(each -> !each.equals(ProcessHandle.current()))
        .map(each -> each.info().commandLine().orElse(""))
        .filter(line -> line.contains(word))
        .toList();
  }

  // --- files and memory

  @Test
  void aFolderThatIsGoneOrClosed() throws Exception {
    assertEquals("same", verdict("import os, shutil\nshutil.rmtree(os.getcwd())\nprint('gone')"));
    assertEquals("same", verdict("import os, shutil\nshutil.rmtree(os.path.dirname(os.getcwd()))"));
    assertEquals(
        "same",
        verdict(
            "import os\n"
                + "os.mkdir('inner')\n"
                + "open('inner/file', 'w')\n"
                + "os.chmod('inner', 0)\n"
                + "os.chmod('.', 0)"));
  }

  @Test
  void aFolderDeeperThanAPath() throws Exception {
    String code =
        "import os\nfor _ in range(100):\n    os.mkdir('d' * 100)\n    os.chdir('d' * 100)";
    assertEquals("same", verdict(code), this::all);
    try (Stream<Path> left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      assertEquals(0, left.filter(HostileNotesTest::isDeep).count());
    }
  }

  private static boolean isDeep(Path folder) {
    try (Stream<Path> below = Files.walk(folder, 4)) {
      return below.anyMatch(each -> each.endsWith("d".repeat(100)));
    } catch (IOException | java.io.UncheckedIOException e) {
      return false;
    }
  }

  @Test
  void gigabytesInFiles() throws Exception {
    String code = "with open('big', 'wb') as file:\n    file.truncate(3 << 30)";
    assertTrue(verdict(code).startsWith("same-failure (OSError: [Errno 27]"), this::all);
  }

  @Test
  void memoryWithoutEnd() throws Exception {
    String code =
        "held = []\n"
            + "for _ in range(200):\n"
            + "    held.append(bytearray(b'x' * (8 << 20)))\n"
            + "import time\n"
            + "time.sleep(30)";
    Limits limits = new Limits(512, 256L << 20, 1L << 30);
    List<String> command = List.of(Cpython.find().command(), "-c", code);
    try (Launch launch =
        new Launch(command, folder, java.util.Map.of(), "", folder.toString(), limits)) {
      assertTrue(launch.await(20_000));
      assertEquals("more than 256 MiB of memory", launch.killedFor());
      assertEquals(137, launch.exitStatus());
    }
  }

  /// The reports are what they say they are.
  private static void sound(Path report) throws Exception {
    JsonNode json = new ObjectMapper().readTree(report.resolve("report.json").toFile());
    assertTrue(json.isObject());
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(report.resolve("junit.xml").toFile());
    assertTrue(Files.size(report.resolve("index.html")) > 1000);
  }
}
