package dev.javaloop.conformance;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.pebbletemplates.pebble.PebbleEngine;
import io.pebbletemplates.pebble.loader.ClasspathLoader;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.xml.stream.XMLStreamException;

/// Writes every report of a replay into a folder: `report.json`, `junit.xml`, `summary.md`,
/// `index.html`, `badge.svg`, `history.json`.
final class Reports {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final String TEMPLATES = "dev/javaloop/conformance/";

  private Reports() {}

  /// Writes the reports, and adds the replay to the folder's history.
  static void write(Document document, Path folder) throws IOException {
    History history = History.with(document, folder);
    Files.writeString(folder.resolve("report.json"), JSON.writeValueAsString(document) + "\n");
    Map<String, Object> model = model(document, history);
    Files.writeString(folder.resolve("summary.md"), render("summary.md", "cell", model));
    Files.writeString(folder.resolve("index.html"), render("index.html", "html", model));
    Files.writeString(folder.resolve("badge.svg"), render("badge.svg", "html", badge(document)));
    try {
      Files.writeString(folder.resolve("junit.xml"), JUnitReport.xml(document));
    } catch (XMLStreamException e) {
      throw new IOException("cannot write junit.xml", e);
    }
  }

  /// The document as templates see it, with what is only for reading.
  private static Map<String, Object> model(Document document, History history) {
    Map<String, Object> model = JSON.convertValue(document, new TypeReference<>() {});
    model.put("labels", Verdict.LABELS);
    Map<String, Object> trends = new HashMap<>();
    List<Map<String, Object>> cases = new ArrayList<>();
    Set<String> failing = Set.copyOf(document.options().failOn());
    for (Document.Case each : document.cases()) {
      Map<String, Object> shown = JSON.convertValue(each, new TypeReference<>() {});
      shown.putIfAbsent("recordedOutput", null);
      shown.put("snippet", snippet(each.code()));
      shown.put("why", why(each));
      shown.put("fails", each.failsSomewhere());
      cases.add(shown);
      for (Document.Result result : each.results()) {
        trends.put(
            result.column() + " " + each.id(), history.trend(result.column(), each.id(), failing));
      }
    }
    model.put("cases", cases);
    model.put(
        "counts",
        Verdict.totals(
            document.cases().stream()
                .flatMap(c -> c.results().stream().map(Document.Result::verdict).distinct())));
    model.put("trends", trends);
    return model;
  }

  /// The first line that says what the code is about.
  private static String snippet(String code) {
    return code.lines()
        .filter(line -> !line.isBlank() && !line.startsWith("import ") && !line.startsWith("#"))
        .findFirst()
        .orElse("");
  }

  /// The columns' reasons, each once.
  private static String why(Document.Case each) {
    return each.results().stream()
        .map(Document.Result::detail)
        .filter(detail -> !detail.isEmpty())
        .distinct()
        .collect(Collectors.joining("; "));
  }

  private static Map<String, Object> badge(Document document) {
    int fences = document.cases().size();
    long failing = document.cases().stream().filter(Document.Case::failsSomewhere).count();
    String text =
        failing == 0 ? fences + " of " + fences + " hold" : failing + " of " + fences + " fail";
    return Map.of(
        "text",
        text,
        "width",
        88 + 14 + 7 * text.length(),
        "colour",
        failing == 0 ? "#1a7f4b" : "#c0312b");
  }

  private static String render(String template, String escaping, Map<String, Object> model)
      throws IOException {
    ClasspathLoader loader = new ClasspathLoader(Reports.class.getClassLoader());
    loader.setPrefix(TEMPLATES);
    PebbleEngine engine =
        new PebbleEngine.Builder()
            .loader(loader)
            .autoEscaping(true)
            .addEscapingStrategy("cell", Reports::cell)
            .defaultEscapingStrategy(escaping)
            .defaultLocale(Locale.ROOT)
            .build();
    StringWriter text = new StringWriter();
    engine.getTemplate(template).evaluate(text, model);
    return text.toString();
  }

  /// Text that is safe in a cell of a Markdown table.
  private static String cell(String text) {
    return text.replaceAll("\\s*\\R\\s*", " ").replaceAll("([\\\\|<>`*_\\[\\]])", "\\\\$1");
  }
}
