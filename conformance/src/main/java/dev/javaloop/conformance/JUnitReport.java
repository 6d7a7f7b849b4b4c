package dev.javaloop.conformance;

import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// The replay in the XML that CI servers read: a suite for each note, a test for each fence.
final class JUnitReport {
  private JUnitReport() {}

  static String xml(Replay replay) throws XMLStreamException {
    StringWriter text = new StringWriter();
    XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
    xml.writeStartDocument("UTF-8", "1.0");
    xml.writeStartElement("testsuites");
    counts(xml, "conformance", replay.results());
    List<String> stems =
        replay.results().stream().map(r -> r.fence().note().stem()).distinct().toList();
    for (String stem : stems) {
      suite(
          xml,
          stem,
          replay.results().stream().filter(r -> r.fence().note().stem().equals(stem)).toList());
    }
    xml.writeEndElement();
    xml.writeEndDocument();
    xml.flush();
    return text + "\n";
  }

  private static void suite(XMLStreamWriter xml, String stem, List<CaseResult> results)
      throws XMLStreamException {
    xml.writeStartElement("testsuite");
    counts(xml, stem, results);
    for (CaseResult result : results) {
      test(xml, stem, result);
    }
    xml.writeEndElement();
  }

  private static void counts(XMLStreamWriter xml, String name, List<CaseResult> results)
      throws XMLStreamException {
    xml.writeAttribute("name", legal(name));
    xml.writeAttribute("tests", String.valueOf(results.size()));
    xml.writeAttribute("failures", count(results, JUnitReport::failure));
    xml.writeAttribute("errors", count(results, JUnitReport::error));
    xml.writeAttribute("skipped", count(results, JUnitReport::skipped));
    xml.writeAttribute("time", time(results.stream().mapToDouble(CaseResult::seconds).sum()));
  }

  private static String count(
      List<CaseResult> results, java.util.function.Predicate<Verdict> which) {
    return String.valueOf(results.stream().map(CaseResult::verdict).filter(which).count());
  }

  private static void test(XMLStreamWriter xml, String stem, CaseResult result)
      throws XMLStreamException {
    Verdict verdict = result.verdict();
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", legal(stem));
    xml.writeAttribute("name", legal(result.fence().id()));
    xml.writeAttribute("time", time(result.seconds()));
    String says =
        verdict.detail().isEmpty()
            ? verdict.label()
            : verdict.label() + " (" + verdict.detail() + ")";
    if (failure(verdict)) {
      element(xml, "failure", verdict.label(), says, details(result));
    } else if (error(verdict)) {
      element(xml, "error", verdict.label(), says, details(result));
    } else if (skipped(verdict)) {
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

  private static String details(CaseResult result) {
    StringBuilder text = new StringBuilder();
    result
        .differences()
        .forEach(d -> text.append(d.aspect().label()).append(": ").append(d.words()).append('\n'));
    if (!result.bridges().isEmpty()) {
      Run run = result.bridges().getLast();
      text.append("--- stdout of the bridge\n").append(run.stdout());
      text.append("--- stderr of the bridge\n").append(run.stderr());
    }
    return text.toString();
  }

  private static boolean failure(Verdict verdict) {
    return verdict instanceof Verdict.Differs || verdict instanceof Verdict.UnexpectedPass;
  }

  private static boolean error(Verdict verdict) {
    return verdict instanceof Verdict.Timeout || verdict instanceof Verdict.Crash;
  }

  private static boolean skipped(Verdict verdict) {
    return verdict instanceof Verdict.Skipped || verdict instanceof Verdict.NotPython;
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
