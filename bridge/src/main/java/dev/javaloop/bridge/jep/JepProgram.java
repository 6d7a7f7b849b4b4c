package dev.javaloop.bridge.jep;

import dev.javaloop.bridge.host.Host;
import java.nio.file.Path;
import java.util.List;
import jep.JepException;

/// A Python program that is all that this JVM does. Python gets it as its host; JEP calls any
/// public method.
public final class JepProgram extends Host {
  private final String kind;
  private final String target;
  private final boolean stockLoop;
  private final boolean statistics;
  private final boolean aliasUvloop;
  private final boolean legacy;
  private final List<String> words;
  private final int flagWords;

  /// @param kind `file`, `module`, `command`, `stdin` or `repl`
  /// @param target the path, module or code
  /// @param stockLoop whether asyncio keeps its own loop
  /// @param statistics whether to print Java's counters at the end
  /// @param aliasUvloop whether `import uvloop` gives our loops
  /// @param legacy whether asyncio has what it had in Python 3.9
  /// @param words a python's command line, without its name
  /// @param flagWords how many of them stand before the program
  public JepProgram(
      String kind,
      String target,
      boolean stockLoop,
      boolean statistics,
      boolean aliasUvloop,
      boolean legacy,
      List<String> words,
      int flagWords) {
    this.kind = kind;
    this.target = target;
    this.stockLoop = stockLoop;
    this.statistics = statistics;
    this.aliasUvloop = aliasUvloop;
    this.legacy = legacy;
    this.words = words;
    this.flagWords = flagWords;
  }

  /// Runs the program, which ends the JVM; returns only when it could not be started, an exit
  /// status.
  ///
  /// @param site the folder with the package `jep` for this CPython and JVM
  /// @param executable the `python` whose environment it gets
  /// @param sources the folder with the package `javaloop`
  public int run(Path site, Path executable, Path sources) {
    try {
      Interpreter.start(site, executable, words, flagWords);
      Interpreter.prepare(sources, this, "javaloop._jvm");
      Interpreter.importOnMainThread("javaloop._jep");
    } catch (JepException | Error e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      System.err.println("javaloop: " + executable + " did not start in the JVM: " + cause);
      if (Boolean.getBoolean("javaloop.debug")) {
        e.printStackTrace();
      }
    }
    return 70;
  }

  public String kind() {
    return kind;
  }

  public String target() {
    return target;
  }

  public boolean stockLoop() {
    return stockLoop;
  }

  public boolean statistics() {
    return statistics;
  }

  public boolean aliasUvloop() {
    return aliasUvloop;
  }

  public boolean legacy() {
    return legacy;
  }

  /// Ends the process; Python has run its own end, and daemon threads are abandoned as a python
  /// abandons them.
  public void exit(int status) {
    Runtime.getRuntime().halt(status);
  }
}
