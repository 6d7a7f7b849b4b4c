package dev.javaloop.conformance.catalogue;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What is compared.
public enum Aspect {
  /// The exit status, a signal's included.
  EXIT,
  /// Type and message of the exception that ended the script.
  EXCEPTION,
  /// What the script printed, in order.
  STDOUT,
  /// Category and message of Python's warnings, in any order.
  WARNINGS,
  /// The rest of stderr, in order: logging, reports of the loop's exception handler.
  STDERR,
  /// The files that it left in its folder, with their sizes and contents.
  FILES,
  /// What a server answered when it was asked.
  ANSWERS,
  /// The time from the script's first line to its end; see `TimingRule`.
  TIMING;

  /// The name in reports and catalogues.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The one of that name.
  public static Optional<Aspect> named(String label) {
    return Stream.of(values()).filter(aspect -> aspect.label().equals(label)).findFirst();
  }
}
