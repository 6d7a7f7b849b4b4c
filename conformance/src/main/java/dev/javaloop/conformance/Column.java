package dev.javaloop.conformance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One engine on one version of Python, with the CPython that it is compared with.
///
/// @param name as reports say it: `graalpy`, `cpython`, `cpython@3.10`, `cpython@3.12+legacy`
/// @param engine what runs Python on the bridge
/// @param version the reference's version of Python
/// @param legacy whether both sides get back what asyncio lost
/// @param remarks what a reader of the results should know
record Column(
    String name,
    String engine,
    String version,
    boolean legacy,
    Side reference,
    Side bridge,
    List<String> remarks) {

  /// The engines that the launcher knows.
  static final List<String> ENGINES = List.of("graalpy", "cpython", "jep");

  /// What the name of a column with the legacy layer ends with.
  static final String LEGACY = "+legacy";

  /// Whether the engine loads compiled packages.
  boolean loadsC() {
    return !engine.equals("graalpy");
  }

  /// A column on this machine.
  ///
  /// @param reference the CPython to compare with; null for the best one that is found
  /// @param bridge what runs a script on the bridge; null for the launcher
  /// @param ofNotes remarks about the notes
  static Column here(
      Column.Wanted wanted,
      @Nullable String reference,
      @Nullable List<String> bridge,
      Home home,
      List<String> ofNotes)
      throws IOException, InterruptedException {
    ReferencePython.Found python =
        wanted.python().isEmpty()
            ? ReferencePython.find(reference, System.getenv())
            : ReferencePython.ofVersion(wanted.python(), System.getenv());
    List<String> remarks = new ArrayList<>(ofNotes);
    if (!python.wanted() && wanted.engine().equals("graalpy")) {
      remarks.add(
          "No CPython 3.12 runs on this machine; the reference is "
              + python.version()
              + ", and what differs may differ for that reason alone.");
    }
    return new Column(
        wanted.name(),
        wanted.engine(),
        python.version(),
        wanted.legacy(),
        python.side(),
        bridgeSide(wanted.engine(), bridge != null ? bridge : launcher(home, wanted, python)),
        remarks);
  }

  private static Side bridgeSide(String engine, List<String> command)
      throws IOException, InterruptedException {
    Probe.Answer answer = Probe.ask("bridge", command, List.of(), List.of());
    return new Side(
        "bridge", command, answer.implementation() + " " + answer.version() + ", engine " + engine);
  }

  private static List<String> launcher(
      Home home, Column.Wanted wanted, ReferencePython.Found python) {
    List<String> command = new ArrayList<>(home.launcher());
    if (!wanted.engine().equals("graalpy")) {
      command.addAll(List.of("--engine", wanted.engine(), "--python", python.command()));
    }
    return command;
  }

  /// What catalogues call all columns of its kind: the legacy layer changes what is expected.
  String kind() {
    return legacy ? engine + LEGACY : engine;
  }

  /// A column as the command line names it.
  ///
  /// @param python the version that is wanted; empty for the usual one
  record Wanted(String name, String engine, String python, boolean legacy) {
    static Wanted of(String name) {
      boolean legacy = name.endsWith(LEGACY);
      String rest = legacy ? name.substring(0, name.length() - LEGACY.length()) : name;
      String[] parts = rest.split("@", 2);
      if (!ENGINES.contains(parts[0])) {
        throw new UsageException(
            "unknown engine " + parts[0] + "; known: " + String.join(", ", ENGINES));
      }
      if (parts.length == 2 && !parts[1].matches("3\\.\\d+")) {
        throw new UsageException(
            "no version of Python: " + parts[1] + " in " + name + "; cpython@3.12 would be one");
      }
      return new Wanted(name, parts[0], parts.length == 2 ? parts[1] : "", legacy);
    }

    Wanted withLegacy() {
      return new Wanted(name + LEGACY, engine, python, true);
    }
  }
}
