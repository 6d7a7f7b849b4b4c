package dev.javaloop.bridge.graalpy;

import dev.javaloop.loop.EventLoop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.Source;

/// Says what an embedder's JVM lacks, and refuses an engine that runs `async with` wrongly.
final class EngineCheck {
  private static final Logger LOGGER = System.getLogger("dev.javaloop");

  private static final String PROBE =
      """
      def _probe():
          class Broken:
              async def __aenter__(self):
                  raise KeyError
              async def __aexit__(self, *error):
                  ran.append(True)
          async def enter():
              async with Broken():
                  pass
          ran = []
          try:
              enter().send(None)
          except (KeyError, StopIteration):
              pass
          return bool(ran)
      _probe
      """;

  private EngineCheck() {}

  /// @param restricted what [#restricted] said before the engine was made
  static void warn(Engine engine, Set<String> restricted) {
    for (String line : missing(engine, restricted)) {
      LOGGER.log(Level.WARNING, line);
    }
  }

  /// A line for each absent flag: its name and what its absence costs.
  static List<String> missing(Engine engine, Set<String> restricted) {
    List<String> lines = new ArrayList<>();
    if (engine.getImplementationName().startsWith("Interpreted")) {
      lines.addAll(missingCompiler());
    }
    if (!restricted.isEmpty()) {
      lines.add(
          "missing JVM flag --enable-native-access="
              + String.join(",", restricted)
              + "; without it the JVM prints warnings, and later JVMs refuse to run Python");
    }
    if (!ManagementFactory.getRuntimeMXBean()
        .getInputArguments()
        .contains("--sun-misc-unsafe-memory-access=allow")) {
      lines.add(
          "missing JVM flag --sun-misc-unsafe-memory-access=allow; without it the JVM prints"
              + " warnings, and later JVMs refuse to run Python");
    }
    return lines;
  }

  /// The modules without native access, as the flag names them. Only before the first native call:
  /// the JVM warns of one and then allows the rest.
  static Set<String> restricted() {
    Set<String> names = new LinkedHashSet<>();
    for (Module module : List.of(truffle(), EventLoop.class.getModule())) {
      if (!module.isNativeAccessEnabled()) {
        names.add(module.isNamed() ? module.getName() : "ALL-UNNAMED");
      }
    }
    return names;
  }

  private static List<String> missingCompiler() {
    String cost = "; without it Python is interpreted, ten times slower and more when warm";
    List<String> lines = new ArrayList<>();
    if (ModuleLayer.boot().findModule("jdk.internal.vm.ci").isEmpty()) {
      lines.add(
          "missing JVM flag -XX:+EnableJVMCI (after -XX:+UnlockExperimentalVMOptions)" + cost);
    }
    // A compiler that is given is not there either while the one that it needs is not.
    if (ModuleLayer.boot().findModule("jdk.graal.compiler").isEmpty()
        && System.getProperty("jdk.module.upgrade.path", "").isEmpty()) {
      lines.add(
          "missing JVM flag --upgrade-module-path with GraalVM's compiler.jar"
              + (truffle().isNamed() ? "" : " and the jars that it requires")
              + cost);
    }
    if (lines.isEmpty()) {
      lines.add(
          "no JIT: what is on --upgrade-module-path does not fit this JVM ("
              + System.getProperty("java.vendor.version", "")
              + " "
              + System.getProperty("java.vm.version", "")
              + "), or lacks --add-modules=jdk.graal.compiler"
              + cost);
    }
    return lines;
  }

  /// The module that loads native libraries: a named one if GraalPy is on the module path.
  private static Module truffle() {
    return ModuleLayer.boot()
        .findModule("org.graalvm.truffle")
        .orElseGet(() -> Engine.class.getClassLoader().getUnnamedModule());
  }

  /// @throws IllegalStateException where `__aexit__` runs although `__aenter__` raised
  static void refuseBrokenAsyncWith(Context context) {
    if (runsExitOfBrokenEnter(context)) {
      throw new IllegalStateException(
          "this GraalPy runs __aexit__ although __aenter__ failed, which breaks locks and pools:"
              + " put dev.javaloop:graalpy-language in the place of"
              + " org.graalvm.python:python-language");
    }
  }

  /// Asks the engine itself, not its jars: whichever of them came first is what counts.
  static boolean runsExitOfBrokenEnter(Context context) {
    return context.eval(Source.create("python", PROBE)).execute().asBoolean();
  }
}
