package dev.javaloop.conformance;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// The replay in the XML that CI servers read: a suite for each column and note, a test for each
/// fence.
final class JUnitReport {
  private static final Set<String> ERRORS = Set.of("timeout", "crash");
  private static final Set<String> SKIPPED = Set.of("skipped", "not-python");

  private JUnitReport() {}

  private record Test(String name, Document.Result result) {
    boolean failure() {
      return result.fails() && !ERRORS.contains(result.verdict());
    }

    boolean error() {
      return result.fails() && ERRORS.contains(result.verdict());
    }

    boolean skipped() {
      return !result.fails() && SKIPPED.contains(result.verdict());
    }
  }

  static String xml(Document document) throws XMLStreamException {
    Map<String, List<Test>> suites = new LinkedHashMap<>();
    for (Document.Engine column : document.columns()) {
      for (Document.Case each : document.cases()) {
        String suite = column.name() + ": " + each.id().replaceFirst("#\\d+$", "");
        each.results().stream()
            .filter(result -> result.column().equals(column.name()))
            .forEach(
                result ->
                    suites
                        .computeIfAbsent(suite, _ -> new ArrayList<>())
                        .add(new Test(each.id(), result)));
      }
    }
    StringWriter text = new StringWriter();
    XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
    xml.writeStartDocument("UTF-8", "1.0");
    xml.writeStartElement("testsuites");
    counts(xml, "conformance", suites.values().stream().flatMap(List::stream).toList());
    for (Map.Entry<String, List<Test>> suite : suites.entrySet()) {
      xml.writeStartElement("testsuite");
      counts(xml, suite.getKey(), suite.getValue());
      for (Test test : suite.getValue()) {
        write(xml, suite.getKey(), test);
      }
      xml.writeEndElement();
    }
    xml.writeEndElement();
    xml.writeEndDocument();
    xml.flush();
    return text + "\n";
  }

  private static void counts(XMLStreamWriter xml, String name, List<Test> tests)
      throws XMLStreamException {
    xml.writeAttribute("name", legal(name));
    xml.writeAttribute("tests", String.valueOf(tests.size()));
    xml.writeAttribute("failures", count(tests, Test::failure));
    xml.writeAttribute("errors", count(tests, Test::error));
    xml.writeAttribute("skipped", count(tests, Test::skipped));
    xml.writeAttribute("time", time(tests.stream().mapToDouble(t -> t.result().seconds()).sum()));
  }

  private static String count(List<Test> tests, Predicate<Test> which) {
    return String.valueOf(tests.stream().filter(which).count());
  }

  private static void write(XMLStreamWriter xml, String suite, Test test)
      throws XMLStreamException {
    Document.Result result = test.result();
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", legal(suite));
    xml.writeAttribute("name", legal(test.name()));
    xml.writeAttribute("time", time(result.seconds()));
    String says =
        result.detail().isEmpty()
            ? result.verdict()
            : result.verdict() + " (" + result.detail() + ")";
    if (test.failure()) {
      element(xml, "failure", result.verdict(), says, details(result));
    } else if (test.error()) {
      element(xml, "error", result.verdict(), says, details(result));
    } else if (test.skipped()) {
      xml.writeEmptyElement("skipped");
      xml.writeAttribute("message", legal(says));
    } else {
      xml.writeStartElement("system-out");
      xml.writeCharacters(legal(says));
      xml.writeEndElement();
    }
    xml.writeEndElement();
  }

  private static void element(
      XMLStreamWriter xml, String name, String type, String message, String text)
      throws XMLStreamException {
    xml.writeStartElement(name);
    xml.writeAttribute("type", type);
    xml.writeAttribute("message", legal(message));
    xml.writeCharacters(legal(text));
    xml.writeEndElement();
  }

  private static String details(Document.Result result) {
    StringBuilder text = new StringBuilder();
    result
        .differences()
        .forEach(d -> text.append(d.aspect()).append(": ").append(d.words()).append('\n'));
    if (!result.bridge().isEmpty()) {
      Document.Execution run = result.bridge().getLast();
      text.append("--- stdout of the bridge\n").append(run.stdout());
      text.append("--- stderr of the bridge\n").append(run.stderr());
    }
    return text.toString();
  }

  private static String time(double seconds) {
    return String.format(Locale.ROOT, "%.3f", seconds);
  }

  /// XML 1.0 has no place for most control characters, however they are written.
  private static String legal(String text) {
    StringBuilder kept = new StringBuilder();
    text.codePoints()
        .map(
            c ->
                c == '\n'
                        || c == '\t'
                        || c == '\r'
                        || (c >= 0x20 && c < 0xD800)
                        || (c > 0xDFFF && c < 0xFFFE)
                        || c > 0xFFFF
                    ? c
                    : 0xFFFD)
        .forEach(kept::appendCodePoint);
    return kept.toString();
  }
}
