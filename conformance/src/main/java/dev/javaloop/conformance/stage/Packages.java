package dev.javaloop.conformance.stage;

import dev.javaloop.conformance.catalogue.PackageSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Installs package sets for a version of Python, each once, into a folder of the user's cache.
///
/// Safe for use by several threads.
final class Packages {
  private static final long LIMIT_MINUTES = 15;

  private final Path cache;
  private final Consumer<String> progress;
  private final Map<Path, String> failures = new HashMap<>();

  Packages(Path cache, Consumer<String> progress) {
    this.cache = cache;
    this.progress = progress;
  }

  /// The folder to put on PYTHONPATH.
  ///
  /// @param python the interpreter whose pip is used, a CPython
  /// @param version its version
  synchronized Path site(String name, PackageSet set, String python, String version)
      throws IOException, InterruptedException, Unavailable {
    String line = version.replaceFirst("^(\\d+\\.\\d+).*", "$1");
    Path site = cache.resolve(name + "-" + line + "-" + digest(set));
    if (failures.containsKey(site)) {
      throw new Unavailable(failures.get(site));
    }
    if (!Files.isDirectory(site)) {
      progress.accept("installing the packages " + name + " for Python " + line);
      try {
        install(set, python, site);
      } catch (Unavailable e) {
        String reason = "packages " + name + ": " + e.getMessage();
        failures.put(site, reason);
        throw new Unavailable(reason, e);
      }
    }
    return site;
  }

  private void install(PackageSet set, String python, Path site)
      throws IOException, InterruptedException, Unavailable {
    Files.createDirectories(cache);
    Path making = Files.createTempDirectory(cache, "making-");
    try {
      Path log = making.resolve("pip.log");
      Path target = making.resolve("site");
      List<String> command =
          new ArrayList<>(
              List.of(
                  python,
                  "-m",
                  "pip",
                  "install",
                  "--quiet",
                  "--disable-pip-version-check",
                  "--no-deps",
                  "--no-compile",
                  "--only-binary=:all:",
                  "--target",
                  target.toString()));
      command.addAll(set.pip());
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
      builder.environment().keySet().removeIf(variable -> variable.startsWith("PYTHON"));
      Process pip = builder.start();
      if (!pip.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
        pip.destroyForcibly();
        throw new Unavailable("pip did not end in " + LIMIT_MINUTES + " minutes");
      }
      if (pip.exitValue() != 0) {
        throw new Unavailable("pip failed: " + complaint(log));
      }
      if (!set.compiled()) {
        withoutC(target);
      }
      try {
        Files.move(target, site);
      } catch (FileAlreadyExistsException | java.nio.file.DirectoryNotEmptyException e) {
        progress.accept("another replay was faster"); // and made the same
      }
    } finally {
      Folders.delete(making);
    }
  }

  /// What packages have in C they have in Python too, or they belong into a compiled set.
  private static void withoutC(Path site) throws IOException {
    try (Stream<Path> all = Files.walk(site)) {
      for (Path file : all.filter(file -> file.toString().endsWith(".so")).toList()) {
        Files.delete(file);
      }
    }
  }

  private static String complaint(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log).stream().filter(line -> !line.isBlank()).toList();
    return lines.stream()
        .filter(line -> line.startsWith("ERROR"))
        .findFirst()
        .orElse(lines.isEmpty() ? "it said nothing" : lines.getLast());
  }

  private static String digest(PackageSet set) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(
                  (set.compiled() + "\n" + String.join("\n", set.pip()))
                      .getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
