package dev.javaloop.bridge.cli;

import java.util.Map;

/// The `PYTHON*` variables that an engine does not read by itself.
final class PythonEnvironment {
  private static final Map<String, String> FLAGS =
      Map.of(
          "PYTHONDONTWRITEBYTECODE", "python.DontWriteBytecodeFlag",
          "PYTHONINSPECT", "python.InspectFlag",
          "PYTHONNOUSERSITE", "python.NoUserSiteFlag",
          "PYTHONOPTIMIZE", "python.PythonOptimizeFlag",
          "PYTHONSAFEPATH", "python.SafePathFlag",
          "PYTHONUNBUFFERED", "python.UnbufferedIO",
          "PYTHONVERBOSE", "python.VerboseFlag");

  private static final Map<String, String> VALUES =
      Map.of(
          "PYTHONHASHSEED", "python.HashSeed",
          "PYTHONINTMAXSTRDIGITS", "python.IntMaxStrDigits",
          "PYTHONIOENCODING", "python.StandardStreamEncoding",
          "PYTHONPATH", "python.PythonPath",
          "PYTHONPYCACHEPREFIX", "python.PyCachePrefix");

  private PythonEnvironment() {}

  /// Adds what the environment says; flags of the command line win.
  static void apply(Map<String, String> environment, Map<String, String> options) {
    FLAGS.forEach(
        (variable, option) -> {
          if (!environment.getOrDefault(variable, "").isEmpty()) {
            options.putIfAbsent(option, "true");
          }
        });
    VALUES.forEach(
        (variable, option) -> {
          String value = environment.getOrDefault(variable, "");
          if (!value.isEmpty()) {
            options.putIfAbsent(option, value);
          }
        });
    String warnings = environment.getOrDefault("PYTHONWARNINGS", "");
    if (!warnings.isEmpty()) {
      options.merge("python.WarnOptions", warnings, (given, _) -> warnings + "," + given);
    }
  }
}
