package dev.javaloop.conformance;

import java.util.List;

/// One engine on one version of Python, with the CPython that it is compared with.
///
/// @param name as reports say it: `graalpy`, `jep`, `jep@3.10`, `jep@3.12+legacy`
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
  static final List<String> ENGINES = List.of("graalpy", "jep");

  /// Whether the engine loads compiled packages.
  boolean loadsC() {
    return !engine.equals("graalpy");
  }

  /// What catalogues call all columns of its kind: the legacy layer changes what is expected.
  String kind() {
    return legacy ? engine + "+legacy" : engine;
  }

  /// A column as the command line names it.
  ///
  /// @param python the version that is wanted; empty for the usual one
  record Wanted(String name, String engine, String python, boolean legacy) {
    static Wanted of(String name) {
      boolean legacy = name.endsWith("+legacy");
      String rest = legacy ? name.substring(0, name.length() - "+legacy".length()) : name;
      String[] parts = rest.split("@", 2);
      if (!ENGINES.contains(parts[0])) {
        throw new UsageException(
            "unknown engine " + parts[0] + "; known: " + String.join(", ", ENGINES));
      }
      if (parts.length == 2 && !parts[1].matches("3\\.\\d+")) {
        throw new UsageException(
            "no version of Python: " + parts[1] + " in " + name + "; jep@3.12 would be one");
      }
      return new Wanted(name, parts[0], parts.length == 2 ? parts[1] : "", legacy);
    }

    Wanted withLegacy() {
      return new Wanted(name + "+legacy", engine, python, true);
    }
  }
}
