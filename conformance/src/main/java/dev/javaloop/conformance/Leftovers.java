package dev.javaloop.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The files that a script left in its folder.
final class Leftovers {
  private static final int MOST = 200;
  private static final long READ_BYTES = 64L << 20;

  private Leftovers() {}

  /// A line for each file in the order of names: its size and a digest of its content. What Python
  /// itself leaves (`__pycache__`) does not count.
  ///
  /// @param own names of the files that the suite put there
  static List<String> in(Path folder, Set<String> own) throws IOException {
    List<String> lines = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return List.of("the folder is gone");
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) {
            return each.endsWith("__pycache__")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = folder.relativize(file).toString();
            if (!own.contains(name)) {
              lines.add(name + ": " + content(file, attributes));
            }
            return lines.size() < MOST ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path each, @Nullable IOException e) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            lines.add(folder.relativize(file) + ": cannot be read");
            return FileVisitResult.CONTINUE;
          }
        });
    return lines.stream().sorted().toList();
  }

  private static String content(Path file, BasicFileAttributes attributes) {
    if (!attributes.isRegularFile()) {
      return attributes.isSymbolicLink() ? "a link" : "no regular file";
    }
    if (attributes.size() > READ_BYTES) {
      return attributes.size() + " bytes";
    }
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(in.readAllBytes());
      return attributes.size()
          + " bytes, sha256 "
          + HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    } catch (IOException e) {
      return "cannot be read";
    }
  }
}
