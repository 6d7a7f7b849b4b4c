package dev.javaloop.conformance;

import java.util.List;

/// What a fence turned out to be.
sealed interface Example {

  /// A script that runs as it stands in the note.
  record Script(String code) implements Example {}

  /// A recorded session: its cells run, the recorded output is only shown.
  record Session(List<Transcript.Cell> cells, String recordedOutput) implements Example {}

  /// Python that this machine cannot run fairly.
  record Skipped(String reason) implements Example {}

  /// No Python at all.
  record NotPython(String reason) implements Example {}
}
