package dev.javaloop.conformance;

import dev.javaloop.conformance.catalogue.Catalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The catalogue of a replay.
final class Catalogues {
  private static final List<String> BUNDLED =
      List.of("notes.toml", "examples.toml", "expected.toml");

  private Catalogues() {}

  /// What ships with the suite, and the user's own files after it: later ones win.
  static Catalogue with(List<Path> files) {
    Catalogue catalogue = new Catalogue();
    for (String name : BUNDLED) {
      catalogue.add(Resources.text("catalogue/" + name), "the bundled catalogue " + name);
    }
    for (Path file : files) {
      try {
        catalogue.add(Files.readString(file), file.toString());
      } catch (IOException e) {
        throw new UsageException("cannot read the catalogue " + file, e);
      }
    }
    return catalogue;
  }
}
