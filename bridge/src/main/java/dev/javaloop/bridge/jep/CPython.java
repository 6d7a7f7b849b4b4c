package dev.javaloop.bridge.jep;

import dev.javaloop.bridge.embed.PythonSources;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A CPython and the JEP that was compiled for it and this JVM.
///
/// @param executable the `python` whose environment it is
/// @param site the folder with the package `jep`
record CPython(Path executable, Path site) {
  private static final Logger LOGGER = System.getLogger("dev.javaloop");

  /// Asks the interpreter; at first use that compiles JEP.
  ///
  /// @param python an interpreter or the folder of a virtual environment; null: `python3`
  /// @throws IllegalStateException where there is none, or JEP is missing or does not compile
  static CPython find(@Nullable Path python) {
    requireClasses();
    String command = "python3";
    if (python != null) {
      Path given = Files.isDirectory(python) ? python.resolve("bin/python") : python;
      command = given.toAbsolutePath().toString();
    }
    // Its last lines are the answer, or say what is wrong; those before say what takes so long.
    List<String> lines = new ArrayList<>();
    try {
      Process process =
          new ProcessBuilder(
                  command,
                  "-I",
                  "-S",
                  PythonSources.launcher().toString(),
                  "--site",
                  System.getProperty("java.home"))
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      try (BufferedReader output = process.inputReader()) {
        output
            .lines()
            .forEach(
                line -> {
                  if (line.startsWith("javaloop: compiling")) {
                    LOGGER.log(Level.INFO, line);
                  }
                  lines.add(line);
                });
      }
      if (process.waitFor() == 0 && lines.size() >= 2) {
        return new CPython(Path.of(lines.get(lines.size() - 2)), Path.of(lines.getLast()));
      }
    } catch (IOException e) {
      throw new IllegalStateException(
          "no Python interpreter or virtual environment at '" + command + "'", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + command + " was asked for JEP", e);
    } catch (UncheckedIOException e) {
      throw new IllegalStateException(command + " could not be asked for JEP", e);
    }
    throw new IllegalStateException(
        lines.isEmpty()
            ? command + " does not run"
            : lines.getLast().replaceFirst("^javaloop: ", ""));
  }

  private static void requireClasses() {
    try {
      Class<?> jep = Class.forName("jep.MainInterpreter", false, CPython.class.getClassLoader());
      if (CPython.class.getModule().canRead(jep.getModule())) {
        return;
      }
    } catch (ClassNotFoundException _) {
      // Not there is as bad as out of reach.
    }
    throw new IllegalStateException(
        "the engine jep needs org.ninia:jep:4.3.1 where dev.javaloop:bridge is: both on the class"
            + " path, or both on the module path");
  }
}
