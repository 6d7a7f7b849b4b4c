package dev.javaloop.conformance;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the CPython that the bridge is compared with: 3.12 if the machine has one.
///
/// A file named python3.12 proves nothing (pyenv puts one on PATH that only says that no such
/// version is selected), so each candidate is asked.
final class ReferencePython {
  private static final String WANTED = "3.12";
  private static final long LIMIT_MILLIS = 20_000;
  private static final String WHO =
      "import"
          + " platform,sys;print(platform.python_implementation(),platform.python_version(),*sys.version_info[:2])";

  private ReferencePython() {}

  /// An interpreter that answered.
  ///
  /// @param wanted whether it is of the version that was looked for
  record Found(String command, String version, boolean wanted) {
    Side side() {
      return new Side("reference", List.of(command), "CPython " + version);
    }
  }

  /// The reference named by the user, or the best one that this machine has.
  ///
  /// @param named the value of `--reference`, or null
  static Found find(@Nullable String named, Map<String, String> environment)
      throws InterruptedException {
    String chosen = named != null ? named : environment.get("JAVALOOP_REFERENCE_PYTHON");
    if (chosen != null && !chosen.isBlank()) {
      return ask(chosen, WANTED)
          .orElseThrow(
              () -> new UsageException("the reference " + chosen + " is no CPython that runs"));
    }
    return search(WANTED, environment);
  }

  /// The one named by the user, or the CPython of this version.
  static Found ofVersion(String version, Map<String, String> environment)
      throws InterruptedException {
    Found found = search(version, environment);
    if (!found.wanted()) {
      throw new UsageException("no CPython " + version + " was found on this machine");
    }
    return found;
  }

  private static Found search(String version, Map<String, String> environment)
      throws InterruptedException {
    Set<String> candidates = candidates(version, environment);
    List<Found> others = new ArrayList<>();
    for (String candidate : candidates) {
      Optional<Found> found = ask(candidate, version);
      if (found.isPresent() && found.get().wanted()) {
        return found.get();
      }
      found.ifPresent(others::add);
    }
    return others.stream()
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "no reference CPython (3.12, or any from 3.10) was found; name one with"
                        + " --reference or JAVALOOP_REFERENCE_PYTHON"));
  }

  private static Set<String> candidates(String version, Map<String, String> environment) {
    Set<String> candidates = new LinkedHashSet<>();
    String[] path = environment.getOrDefault("PATH", "").split(":", -1);
    addFromPath(candidates, path, "python" + version);
    Path home = Path.of(environment.getOrDefault("HOME", "/"));
    addInstalled(candidates, home.resolve(".pyenv/versions"), version + "*");
    addInstalled(candidates, home.resolve(".local/share/uv/python"), "cpython-" + version + "*");
    for (String folder : List.of("/usr/bin", "/usr/local/bin", "/opt/python" + version + "/bin")) {
      addIfThere(candidates, Path.of(folder, "python" + version));
    }
    addFromPath(candidates, path, "python3");
    addInstalled(candidates, home.resolve(".pyenv/versions"), "3.1[0-9]*");
    addInstalled(candidates, home.resolve(".local/share/uv/python"), "cpython-3.1[0-9]*");
    addIfThere(candidates, Path.of("/usr/bin/python3"));
    addIfThere(candidates, Path.of("/usr/local/bin/python3"));
    return candidates;
  }

  private static void addFromPath(Set<String> candidates, String[] path, String name) {
    for (String folder : path) {
      if (!folder.isEmpty()) {
        addIfThere(candidates, Path.of(folder, name));
      }
    }
  }

  private static void addInstalled(Set<String> candidates, Path versions, String glob) {
    if (!Files.isDirectory(versions)) {
      return;
    }
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(versions, glob)) {
      entries.forEach(found::add);
    } catch (IOException e) {
      throw new UsageException("cannot list " + versions + ": " + e.getMessage(), e);
    }
    found.stream().sorted().forEach(entry -> addIfThere(candidates, entry.resolve("bin/python3")));
  }

  private static void addIfThere(Set<String> candidates, Path file) {
    if (Files.isExecutable(file)) {
      candidates.add(file.toString());
    }
  }

  /// The candidate as a reference; empty if it does not run, is no CPython or is older than 3.10.
  private static Optional<Found> ask(String command, String version) throws InterruptedException {
    try (Launch launch = new Launch(List.of(command, "-c", WHO), Path.of("/"), Map.of(), "")) {
      if (!launch.await(LIMIT_MILLIS)) {
        return Optional.empty();
      }
      launch.drain();
      String[] words = launch.stdout.text().strip().split(" ", -1);
      if (launch.exitStatus() != 0
          || words.length != 4
          || !words[0].equals("CPython")
          || !words[2].equals("3")
          || Integer.parseInt(words[3]) < 10) {
        return Optional.empty();
      }
      return Optional.of(new Found(command, words[1], version.equals(words[2] + "." + words[3])));
    } catch (IOException e) {
      return Optional.empty(); // not a program; the search goes on, or says that it found none
    }
  }
}
