package dev.javaloop.bridge.graalpy;

import dev.javaloop.loop.EventLoop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;

/// Says what an embedder's JVM lacks, and refuses an engine that runs `async with` wrongly.
final class EngineCheck {
  private static final Logger LOGGER = System.getLogger("dev.javaloop");

  /// In the jar that this project makes; see graalpy-language.
  private static final String CURED = "META-INF/javaloop/cured-async-with";

  private static final String PROBE =
      """
      async def _probe():
          class Broken:
              async def __aenter__(self):
                  raise KeyError
              async def __aexit__(self, *error):
                  ran.append(True)
          async with Broken():
              pass
      ran = []
      try:
          _probe().send(None)
      except KeyError:
          pass
      bool(ran)
      """;

  private EngineCheck() {}

  static void warn(Engine engine) {
    for (String line : missing(engine)) {
      LOGGER.log(Level.WARNING, line);
    }
  }

  /// A line for each absent flag: its name and what its absence costs.
  static List<String> missing(Engine engine) {
    List<String> lines = new ArrayList<>();
    if (engine.getImplementationName().startsWith("Interpreted")) {
      String cost = "; without it Python is interpreted, some ten times slower when warm";
      boolean jvmci = ModuleLayer.boot().findModule("jdk.internal.vm.ci").isPresent();
      if (!jvmci) {
        lines.add(
            "missing JVM flag -XX:+EnableJVMCI (after -XX:+UnlockExperimentalVMOptions)" + cost);
      }
      if (ModuleLayer.boot().findModule("org.graalvm.truffle.compiler").isEmpty()) {
        lines.add(
            "missing JVM flag --upgrade-module-path with GraalVM's compiler jar (and its"
                + " --add-modules)"
                + cost);
      }
      if (lines.isEmpty()) {
        lines.add("no JIT: the compiler on --upgrade-module-path does not fit this JDK" + cost);
      }
    }
    if (!EventLoop.class.getModule().isNativeAccessEnabled()) {
      lines.add(
          "missing JVM flag"
              + " --enable-native-access=org.graalvm.truffle,dev.javaloop.loop,ALL-UNNAMED; without"
              + " it the JVM prints warnings, and later ones will refuse to start");
    }
    return lines;
  }

  /// @throws IllegalStateException where `__aexit__` runs although `__aenter__` raised
  static void refuseBrokenAsyncWith(Context context) {
    if (cured()) {
      return;
    }
    if (context.eval("python", PROBE).asBoolean()) {
      throw new IllegalStateException(
          "this GraalPy runs __aexit__ although __aenter__ failed, which breaks locks and pools:"
              + " put dev.javaloop:graalpy-language in the place of"
              + " org.graalvm.python:python-language");
    }
  }

  private static boolean cured() {
    URL marker =
        ModuleLayer.boot()
            .findModule("org.graalvm.py")
            .map(module -> module.getClassLoader().getResource(CURED))
            .orElseGet(() -> EngineCheck.class.getClassLoader().getResource(CURED));
    return marker != null;
  }
}
