package dev.javaloop.bridge.jep;

import java.nio.file.Path;
import java.util.List;

/// What `./javaloop --engine jep` starts, by way of `jep.py`: a CPython that JEP boots, for one
/// program.
public final class JepProgram {
  private JepProgram() {}

  /// Has CPython run what its command line names, which ends the process; returns only where it
  /// could not be started.
  ///
  /// @param words a python's command line, without its name
  public static void main(String[] words) {
    Path executable = Path.of(System.getProperty("javaloop.executable"));
    try {
      Interpreter.start(
          Path.of(System.getProperty("javaloop.jep")),
          executable,
          List.of(words),
          Integer.getInteger("javaloop.flagWords", 0),
          Path.of(System.getProperty("javaloop.sources")),
          null);
      Interpreter.importOnMainThread("javaloop._engines.cpython.program_by_jep");
    } catch (RuntimeException | Error e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      System.err.println("javaloop: " + executable + " did not start in the JVM: " + cause);
      if (Boolean.getBoolean("javaloop.debug")) {
        e.printStackTrace();
      }
    }
    Runtime.getRuntime().halt(70);
  }
}
