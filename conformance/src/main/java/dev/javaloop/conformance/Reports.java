package dev.javaloop.conformance;

import java.io.IOException;
import java.nio.file.Path;

/// Writes every report of a replay into a folder.
final class Reports {
  private Reports() {}

  static void write(Replay replay, Path folder) throws IOException {
  }
}
