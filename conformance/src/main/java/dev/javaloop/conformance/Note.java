package dev.javaloop.conformance;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// A Markdown file; `stem` is its unique name in this replay, the first half of its cases' ids.
record Note(Path path, String stem, String text) {

  /// Reads the named files, and the Markdown files below the named folders in the order of their
  /// names.
  static List<Note> read(List<Path> inputs) {
    Set<Path> files = new LinkedHashSet<>();
    for (Path input : inputs) {
      files.addAll(markdownFiles(input));
    }
    if (files.isEmpty()) {
      throw new UsageException("no Markdown file (*.md, *.markdown) in " + join(inputs));
    }
    Map<String, Integer> uses = new LinkedHashMap<>();
    files.forEach(file -> uses.merge(stem(file), 1, Integer::sum));
    List<Note> notes = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    for (Path file : files) {
      String stem = stem(file);
      Path folder = file.toAbsolutePath().normalize().getParent();
      if (uses.getOrDefault(stem, 0) > 1 && folder != null && folder.getFileName() != null) {
        stem = folder.getFileName() + "/" + stem;
      }
      if (!names.add(stem)) {
        throw new UsageException("two notes have the name " + stem + "; replay them one at a time");
      }
      notes.add(new Note(file, stem, text(file)));
    }
    return notes;
  }

  private static List<Path> markdownFiles(Path input) {
    if (!Files.exists(input)) {
      throw new UsageException("no such file or folder: " + input);
    }
    if (!Files.isDirectory(input)) {
      return List.of(input);
    }
    try (Stream<Path> below = Files.walk(input)) {
      return below.filter(Files::isRegularFile).filter(Note::isMarkdown).sorted().toList();
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new UsageException("cannot list " + input + ": " + e.getMessage(), e);
    }
  }

  private static boolean isMarkdown(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return name.endsWith(".md") || name.endsWith(".markdown");
  }

  private static String stem(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new UsageException("not UTF-8 text: " + file, e);
    } catch (IOException e) {
      throw new UsageException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static String join(List<Path> paths) {
    return String.join(", ", paths.stream().map(Path::toString).toList());
  }
}
