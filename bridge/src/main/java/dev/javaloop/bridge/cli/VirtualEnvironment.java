package dev.javaloop.bridge.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A `pyvenv.cfg` beside the launcher or above it, as PEP 405 says.
final class VirtualEnvironment {
  private VirtualEnvironment() {}

  static void apply(Path executable, Map<String, String> options) {
    Path bin = executable.getParent();
    if (bin == null) {
      return;
    }
    for (Path directory : bin.getParent() == null ? List.of(bin) : List.of(bin, bin.getParent())) {
      Path configuration = directory.resolve("pyvenv.cfg");
      if (Files.isRegularFile(configuration)) {
        options.put("python.SysPrefix", directory.toString());
        base(configuration, options);
        return;
      }
    }
  }

  private static void base(Path configuration, Map<String, String> options) {
    try (var lines = Files.lines(configuration)) {
      lines
          .map(line -> line.split("=", 2))
          .filter(pair -> pair.length == 2 && pair[0].trim().equals("base-executable"))
          .findFirst()
          .ifPresent(pair -> options.put("python.BaseExecutable", pair[1].trim()));
    } catch (IOException e) {
      throw new UncheckedIOException(configuration + " could not be read", e);
    }
  }
}
