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
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.stream.XMLStreamException;

/// Writes every report of a replay into a folder: `report.json`, `junit.xml`, `summary.md`,
/// `index.html`.
final class Reports {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final String TEMPLATES = "dev/javaloop/conformance/";

  private Reports() {}

  static void write(Replay replay, Path folder) throws IOException {
    Document document = Document.of(replay);
    Files.writeString(folder.resolve("report.json"), JSON.writeValueAsString(document) + "\n");
    Map<String, Object> model = JSON.convertValue(document, new TypeReference<>() {});
    model.put("rows", JSON.convertValue(rows(replay), Object.class));
    model.put("labels", Verdict.LABELS);
    Files.writeString(folder.resolve("summary.md"), render("summary.md", "cell", model));
    Files.writeString(folder.resolve("index.html"), render("index.html", "html", model));
    try {
      Files.writeString(folder.resolve("junit.xml"), JUnitReport.xml(replay));
    } catch (XMLStreamException e) {
      throw new IOException("cannot write junit.xml", e);
    }
  }

  /// Both sides' lines, by case and by part of the output.
  private static Map<String, Map<String, List<SideBySide.Row>>> rows(Replay replay) {
    Map<String, Map<String, List<SideBySide.Row>>> all = new HashMap<>();
    for (CaseResult result : replay.results()) {
      Map<String, List<SideBySide.Row>> parts = new HashMap<>();
      result
          .comparison()
          .ifPresent(
              comparison ->
                  comparison
                      .channels()
                      .forEach(c -> parts.put(c.aspect().label(), SideBySide.rows(c))));
      all.put(result.fence().id(), parts);
    }
    return all;
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
