package dev.javaloop.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.javaloop.conformance.catalogue.Aspect;
import dev.javaloop.conformance.stage.Stage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class ReportsTest {
  @TempDir Path folder;

  @BeforeEach
  void write() throws Exception {
    Note note =
        new Note(
            Path.of("a <note>.md"),
            "a <note>",
            "```python\n"
                + "print('<b>&amp;')\n"
                + "```\n\n"
                + "```mermaid\n"
                + "x\n"
                + "```\n\n"
                + "```python\n"
                + "print('same')\n"
                + "```\n");
    List<Fence> fences = Fence.in(note);
    List<Run> expected =
        List.of(Runs.wrote("<b> one | line\nmore\n"), Runs.wrote("<b> one | line\nmore\n"));
    Run got = Runs.wrote("<b> ten | line\nmore\u0001\n");
    Comparison comparison = Comparison.of(expected, got, Normaliser.of("", false));
    List<CaseResult> results = new ArrayList<>();
    results.add(
        new CaseResult(
            fences.get(0),
            new Verdict.Differs("stdout: `<b>` | \u0001"),
            "recorded <i>",
            comparison.differences(),
            Set.of(Normaliser.ADDRESS),
            List.of(Aspect.STDOUT),
            Optional.of(new TimingRule.Measured(1, 1, 2, 0)),
            expected,
            List.of(got),
            Optional.of(comparison),
            "",
            1.5));
    results.add(CaseResult.notRun(fences.get(1), new Verdict.NotPython("labelled mermaid")));
    results.add(
        new CaseResult(
            fences.get(2),
            new Verdict.Same(),
            "",
            List.of(),
            Set.of(),
            List.of(),
            Optional.empty(),
            expected,
            List.of(expected.getFirst()),
            Optional.of(Comparison.of(expected, expected.getFirst(), Normaliser.of("", false))),
            "cpython",
            0.5));
    Column column =
        new Column(
            "cpython@3.12",
            "cpython",
            "3.12.1",
            false,
            new Side("reference", List.of("python3"), "CPython 3"),
            new Side("bridge", List.of("./javaloop"), "CPython 3, engine cpython"),
            List.of());
    Matrix matrix =
        new Matrix(
            fences,
            List.of(new Replay(column, List.of("a remark"), results, 3)),
            List.of(new Stage.Ran("cache", "redis", "process /usr/bin/redis-server")),
            new CaseReplay.Options(2, 60),
            Verdict.FAILING,
            3);
    Reports.write(Document.of(matrix), folder);
  }

  private String read(String name) throws Exception {
    return Files.readString(folder.resolve(name));
  }

  @Test
  void jsonIsWhatItsSchemaSays() throws Exception {
    var schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Resources.text("report.schema.json"), InputFormat.JSON);
    assertEquals(List.of(), schema.validate(read("report.json"), InputFormat.JSON));
    String wrong = read("report.json").replace("\"schemaVersion\" : 2", "\"schemaVersion\" : 1");
    assertFalse(schema.validate(wrong, InputFormat.JSON).isEmpty());
  }

  @Test
  void junitCountsAndEscapes() throws Exception {
    Element suites =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(folder.resolve("junit.xml").toFile())
            .getDocumentElement();
    assertEquals("3", suites.getAttribute("tests"));
    assertEquals("1", suites.getAttribute("failures"));
    assertEquals("1", suites.getAttribute("skipped"));
    Element failure = (Element) suites.getElementsByTagName("failure").item(0);
    assertEquals("differs (stdout: `<b>` | \uFFFD)", failure.getAttribute("message"));
    Element test = (Element) suites.getElementsByTagName("testcase").item(0);
    assertEquals("a <note>#1", test.getAttribute("name"));
  }

  @Test
  void markdownHasARowForEachFence() throws Exception {
    List<String> rows = read("summary.md").lines().filter(line -> line.startsWith("| a ")).toList();
    assertEquals(3, rows.size());
    assertTrue(
        rows.getFirst().contains("| **differs** | stdout: \\`\\<b\\>\\` \\| "), rows.getFirst());
    assertTrue(read("summary.md").contains("\n\n3 fences in 3.0 s"), "a paragraph of its own");
  }

  @Test
  void pageIsEscapedStandsAloneAndMarksTheDifference() throws Exception {
    String page = read("index.html");
    assertTrue(page.contains("print(&#39;&lt;b&gt;&amp;amp;&#39;)"), "code");
    assertFalse(page.contains("<b> one"), "output");
    assertFalse(
        page.contains("src=") || page.contains("href=\"http") || page.contains("@import"),
        "stands alone");
    assertTrue(page.contains("&lt;b&gt; <mark>one</mark> | line"), "what the reference has");
    assertTrue(page.contains("&lt;b&gt; <mark>ten</mark> | line"), "what the bridge has");
    assertTrue(page.contains("Normalisers used: address"), "normalisers");
    assertTrue(page.contains("recorded &lt;i&gt;"), "recorded output");
    assertEquals(3, page.split("<tr class=\"case\"", -1).length - 1);
  }

  @Test
  void historyKnowsWhatRegressed() throws Exception {
    Document now =
        new com.fasterxml.jackson.databind.ObjectMapper()
            .readValue(read("report.json"), Document.class);
    History history = History.with(now, folder);
    assertEquals(2, history.runs().size());
    History.Trend trend = history.trend("cpython@3.12", "a <note>#1", Verdict.FAILING);
    assertEquals(new History.Trend(List.of("differs", "differs"), false, 0), trend);
    String better = read("history.json").replaceFirst("\"differs\"", "\"same\"");
    Files.writeString(folder.resolve("history.json"), better);
    Files.writeString(
        folder.resolve("history.json"), better.substring(0, better.lastIndexOf(", {")) + " ]\n}\n");
    Reports.write(now, folder);
    assertTrue(read("index.html").contains("<span class=\"regressed\">regressed</span>"), "page");
    assertTrue(read("summary.md").contains("**differs** (was same)"), read("summary.md"));
    Files.writeString(folder.resolve("history.json"), "x");
    assertTrue(
        String.valueOf(
                org.junit.jupiter.api.Assertions.assertThrows(
                        UsageException.class, () -> Reports.write(now, folder))
                    .getMessage())
            .contains("no history"));
  }

  @Test
  void theBadgeSaysHowMany() throws Exception {
    assertTrue(read("badge.svg").contains(">1 of 3 fail<"), read("badge.svg"));
  }
}
