package dev.javaloop.conformance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where the project's own files are.
record Home(Map<String, String> environment, @Nullable String launcherProperty) {
  static Home of(Map<String, String> environment) {
    return new Home(environment, System.getProperty("javaloop.launcher"));
  }

  /// The launcher that started this program, or the one at the root of the work tree.
  List<String> launcher() {
    if (named()) {
      return List.of(Path.of(name()).toAbsolutePath().toString());
    }
    Path launcher = root().resolve("javaloop");
    if (!Files.isExecutable(launcher)) {
      throw new UsageException(
          "no launcher ./javaloop in " + root() + "; name what runs a script with --bridge");
    }
    return List.of(launcher.toString());
  }

  /// Whether somebody named a launcher.
  boolean named() {
    return !name().isEmpty();
  }

  private String name() {
    return launcherProperty != null
        ? launcherProperty
        : environment.getOrDefault("JAVALOOP_LAUNCHER", "");
  }

  /// Where what takes long to get is kept.
  Path cache() {
    String named = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path caches =
        named.isEmpty() ? Path.of(environment.getOrDefault("HOME", "/"), ".cache") : Path.of(named);
    return caches.resolve("javaloop").resolve("conformance");
  }

  Path examples() {
    return root().resolve("conformance/examples");
  }

  /// The launcher's folder, or the nearest one upwards that holds the examples.
  private Path root() {
    if (launcherProperty != null) {
      Path folder = Path.of(launcherProperty).toAbsolutePath().getParent();
      if (folder != null && Files.isDirectory(folder.resolve("conformance/examples"))) {
        return folder;
      }
    }
    Path here = Path.of("").toAbsolutePath();
    for (Path at = here; at != null; at = at.getParent()) {
      if (Files.isDirectory(at.resolve("conformance/examples"))) {
        return at;
      }
    }
    return here;
  }
}
