package dev.javaloop.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The input cells and the recorded output of an IPython session (`In [n]:`) or of a plain one
/// (`>>>`).
record Transcript(List<Cell> cells, String recordedOutput) {

  /// The input under one prompt, as it was typed.
  record Cell(String number, String source) {}

  private static final Pattern IPYTHON = Pattern.compile("\\s*In \\[(\\d+)]: ?(.*)");
  private static final Pattern IPYTHON_MORE = Pattern.compile("\\s*\\.{3,}: ?(.*)");
  private static final Pattern PLAIN = Pattern.compile("\\s*>>>(?: (.*)|)");
  private static final Pattern PLAIN_MORE = Pattern.compile("\\s*\\.\\.\\.(?: (.*)|)");

  /// The session in a fence whose first line is a prompt; empty if it is none.
  static Optional<Transcript> parse(String text) {
    List<String> lines = text.lines().dropWhile(String::isBlank).toList();
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    if (IPYTHON.matcher(lines.getFirst()).matches()) {
      return Optional.of(split(lines, IPYTHON, IPYTHON_MORE));
    }
    if (PLAIN.matcher(lines.getFirst()).matches()) {
      return Optional.of(split(lines, PLAIN, PLAIN_MORE));
    }
    return Optional.empty();
  }

  private static Transcript split(List<String> lines, Pattern prompt, Pattern continuation) {
    List<Cell> cells = new ArrayList<>();
    StringBuilder output = new StringBuilder();
    StringBuilder source = new StringBuilder();
    String number = "1";
    boolean typing = false;
    for (String line : lines) {
      Matcher first = prompt.matcher(line);
      Matcher more = continuation.matcher(line);
      if (first.matches()) {
        addCell(cells, number, source);
        number = first.groupCount() == 2 ? first.group(1) : String.valueOf(cells.size() + 1);
        source.append(typed(first)).append('\n');
        typing = true;
      } else if (typing && more.matches()) {
        source.append(typed(more)).append('\n');
      } else {
        typing = false;
        output.append(line).append('\n');
      }
    }
    addCell(cells, number, source);
    return new Transcript(cells, output.toString());
  }

  private static void addCell(List<Cell> cells, String number, StringBuilder source) {
    if (!source.toString().isBlank()) {
      cells.add(new Cell(number, source.toString()));
    }
    source.setLength(0);
  }

  private static String typed(Matcher line) {
    String text = line.group(line.groupCount());
    return text == null ? "" : text;
  }
}
