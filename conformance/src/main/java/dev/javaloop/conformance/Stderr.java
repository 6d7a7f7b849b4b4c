package dev.javaloop.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A run's stderr, taken apart.
///
/// @param exception the last line of the last traceback, as a list of none or one; only for runs
///   that failed
/// @param warnings `Category: message` of each of Python's warnings, sorted
/// @param rest the other lines
record Stderr(List<String> exception, List<String> warnings, List<String> rest) {
  private static final Pattern WARNING = Pattern.compile("(?:.*?:\\d+: )?(\\w*Warning): (.*)");
  private static final Pattern FRAME = Pattern.compile("\\s+File \".*\", line \\d+.*");

  static Stderr of(Run run) {
    List<String> warnings = new ArrayList<>();
    List<String> rest = new ArrayList<>();
    int exception = -1;
    boolean belowFrame = false;
    boolean belowWarning = false;
    for (String line : run.stderrLines()) {
      Matcher warning = WARNING.matcher(line);
      boolean indented = line.startsWith("  ");
      if (!belowFrame && warning.matches()) {
        warnings.add(warning.group(1) + ": " + warning.group(2));
        belowWarning = true;
        continue;
      }
      // A warning that has a source line repeats it, indented.
      if (belowWarning && indented && !FRAME.matcher(line).matches()) {
        belowWarning = false;
        continue;
      }
      belowWarning = false;
      if (belowFrame && !indented && !line.isBlank()) {
        exception = rest.size();
        belowFrame = false;
      }
      belowFrame |= FRAME.matcher(line).matches();
      rest.add(line);
    }
    warnings.sort(null);
    if (!run.failed() || run.timedOut() || exception < 0) {
      return new Stderr(List.of(), warnings, rest);
    }
    return new Stderr(List.of(rest.remove(exception)), warnings, rest);
  }
}
