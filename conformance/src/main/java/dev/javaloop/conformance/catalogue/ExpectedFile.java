package dev.javaloop.conformance.catalogue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/// A file of a catalogue that holds expected differences and nothing else, so that it can be
/// rewritten.
public final class ExpectedFile {
  private ExpectedFile() {}

  /// Its rows; none if there is no such file yet.
  public static List<Expected> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    CatalogueFile read = CatalogueFile.read(Files.readString(file), file.toString());
    if (read.packages() != null || read.services() != null || read.cases() != null) {
      throw new CatalogueException(
          file
              + ": holds more than [[expected]], and rewriting would lose its form; name a file of"
              + " its own");
    }
    List<CatalogueFile.Row> rows = Objects.requireNonNullElse(read.expected(), List.of());
    List<Expected> expected = new ArrayList<>();
    for (CatalogueFile.Row row : rows) {
      expected.add(CatalogueFile.row(row, file.toString()));
    }
    return expected;
  }

  /// Writes it anew.
  public static void write(Path file, Collection<Expected> rows) throws IOException {
    StringBuilder toml = new StringBuilder("schema = 1\n");
    for (Expected row : rows) {
      toml.append("\n[[expected]]\ncases = ").append(strings(row.cases()));
      if (!row.on().isEmpty()) {
        toml.append("\non = ").append(strings(row.on()));
      }
      List<String> aspects = row.aspects().stream().sorted().map(Aspect::label).toList();
      toml.append("\naspects = ").append(strings(aspects));
      toml.append("\nreason = ").append(string(row.reason())).append('\n');
      if (row.link() != null) {
        toml.append("link = ").append(string(row.link())).append('\n');
      }
    }
    Files.writeString(file, toml.toString());
  }

  private static String strings(List<String> texts) {
    return "[" + String.join(", ", texts.stream().map(ExpectedFile::string).toList()) + "]";
  }

  private static String string(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').appendCodePoint(c);
              } else if (c < 0x20 || c == 0x7f) {
                quoted.append(String.format(java.util.Locale.ROOT, "\\u%04x", c));
              } else {
                quoted.appendCodePoint(c);
              }
            });
    return quoted.append('"').toString();
  }
}
