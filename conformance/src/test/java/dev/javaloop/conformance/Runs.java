package dev.javaloop.conformance;

import java.util.List;
import java.util.Optional;

/// Runs that nobody ran, for tests of what is made of them.
final class Runs {
  private Runs() {}

  static Run ended(int status, String stdout, String stderr) {
    return new Run(
        status,
        false,
        1,
        Optional.of(new Run.Clock(0.5, 0.1, 0, 0)),
        stdout,
        stderr,
        List.of(),
        false,
        "/tmp/here",
        List.of(),
        List.of());
  }

  static Run wrote(String stdout) {
    return ended(0, stdout, "");
  }
}
