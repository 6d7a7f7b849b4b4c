package dev.javaloop.conformance;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What is compared.
enum Aspect {
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
  /// The time from the script's first line to its end; see [TimingRule].
  TIMING;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Aspect> named(String label) {
    return Stream.of(values()).filter(aspect -> aspect.label().equals(label)).findFirst();
  }
}
