package dev.javaloop.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A Markdown file; `stem` is its unique name in this replay, the first half of its cases' ids.
///
/// @param remark what is wrong with the file; empty when nothing is
record Note(Path path, String stem, String text, String remark) {
  private static final long LARGEST_BYTES = 32L << 20;

  Note(Path path, String stem, String text) {
    this(path, stem, text, "");
  }

  /// Reads the named files, and the Markdown files below the named folders in the order of their
  /// names. One that cannot be read has no text, and says why.
  static List<Note> read(List<Path> inputs) {
    Map<Path, Path> files = new LinkedHashMap<>();
    List<Note> closed = new ArrayList<>();
    for (Path input : inputs) {
      for (Path file : markdownFiles(input, closed)) {
        files.putIfAbsent(file.toAbsolutePath().normalize(), file);
      }
    }
    if (files.isEmpty()) {
      throw new UsageException("no Markdown file (*.md, *.markdown) in " + join(inputs));
    }
    Map<Path, String> stems = stems(files.keySet());
    List<Note> notes = new ArrayList<>(closed);
    files.forEach((full, file) -> notes.add(read(file, stems.getOrDefault(full, ""))));
    return notes;
  }

  private static Note read(Path file, String stem) {
    try {
      if (Files.size(file) > LARGEST_BYTES) {
        return new Note(file, stem, "", file + " is left out: it is too long for a note");
      }
      byte[] bytes = Files.readAllBytes(file);
      String text = new String(bytes, StandardCharsets.UTF_8);
      boolean whole = Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes);
      return new Note(
          file,
          stem,
          text,
          whole ? "" : file + " is not UTF-8: each byte that is not was read as \uFFFD");
    } catch (IOException e) {
      return new Note(file, stem, "", file + " is left out: it cannot be read (" + e + ")");
    }
  }

  private static List<Path> markdownFiles(Path input, List<Note> closed) {
    if (!Files.exists(input)) {
      throw new UsageException("no such file or folder: " + input);
    }
    if (!Files.isDirectory(input)) {
      return List.of(input);
    }
    Set<Path> found = new TreeSet<>();
    try {
      Files.walkFileTree(
          input,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (isMarkdown(file) && Files.isRegularFile(file)) {
                found.add(file);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              closed.add(new Note(file, "", "", file + " is left out: " + e));
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UsageException("cannot list " + input + ": " + e.getMessage(), e);
    }
    return List.copyOf(found);
  }

  private static boolean isMarkdown(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return name.endsWith(".md") || name.endsWith(".markdown");
  }

  /// The files' names, with as many of their folders as it takes to tell them apart.
  private static Map<Path, String> stems(Set<Path> files) {
    Map<Path, String> stems = new LinkedHashMap<>();
    int deepest = files.stream().mapToInt(Path::getNameCount).max().orElse(0);
    for (int folders = 0; folders < deepest && stems.size() < files.size(); folders++) {
      Map<String, Integer> uses = new HashMap<>();
      for (Path file : files) {
        uses.merge(stem(file, folders), 1, Integer::sum);
      }
      for (Path file : files) {
        String stem = stem(file, folders);
        if (uses.getOrDefault(stem, 0) == 1) {
          stems.putIfAbsent(file, stem);
        }
      }
    }
    int number = 0;
    for (Path file : files) {
      // Alike in all of their folders are only names that differ in what a line cannot show.
      if (!stems.containsKey(file)) {
        stems.put(file, stem(file, 0) + "~" + ++number);
      }
    }
    return stems;
  }

  private static String stem(Path file, int folders) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    StringBuilder stem = new StringBuilder(dot > 0 ? name.substring(0, dot) : name);
    for (int i = 1; i <= Math.min(folders, file.getNameCount() - 1); i++) {
      stem.insert(0, file.getName(file.getNameCount() - 1 - i) + "/");
    }
    return stem.toString().replaceAll("\\p{Cntrl}", "_");
  }

  private static String join(List<Path> paths) {
    return String.join(", ", paths.stream().map(Path::toString).toList());
  }
}
