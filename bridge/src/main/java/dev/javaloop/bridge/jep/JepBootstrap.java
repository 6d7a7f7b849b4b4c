package dev.javaloop.bridge.jep;

import dev.javaloop.bridge.PythonRuntime;
import dev.javaloop.bridge.cpython.CPythonRuntime;
import dev.javaloop.bridge.cpython.CPythonSettings;
import dev.javaloop.bridge.embed.PythonSources;
import dev.javaloop.cpython.PresentCPython;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Has JEP boot CPython, for programs that use JEP too. All else is as on any CPython. JEP calls
/// any public method.
public final class JepBootstrap implements dev.javaloop.cpython.Interpreter.Bootstrap {
  private static final Logger LOGGER = System.getLogger("dev.javaloop");

  private final CPython cpython;
  private @Nullable Runnable main;

  private JepBootstrap(CPython cpython) {
    this.cpython = cpython;
  }

  /// Starts a runtime, and CPython if it does not run yet.
  ///
  /// @throws IllegalStateException where it cannot
  public static PythonRuntime start(CPythonSettings settings) {
    return CPythonRuntime.start(settings, new JepBootstrap(CPython.find(settings.python())));
  }

  @Override
  public String name() {
    return cpython.executable() + " by JEP";
  }

  /// Called on a thread that is not CPython's main one: JEP makes that.
  @Override
  public void boot(Runnable newMain) throws Exception {
    warn();
    main = newMain;
    Path sources = PythonSources.directory(PythonSources.prepared("python"));
    Interpreter.start(cpython.site(), cpython.executable(), List.of(), 0, sources, this);
    Interpreter.importOnMainThread("javaloop._engines.cpython.by_jep");
  }

  /// The stack of the main thread is what the JVM gives to any.
  private static void warn() {
    if (ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .noneMatch(flag -> flag.startsWith("-Xss") || flag.startsWith("-XX:ThreadStackSize"))) {
      LOGGER.log(
          Level.WARNING,
          "missing JVM flag -Xss16m; without it deep recursion in Python ends the process");
    }
  }

  /// Called by Python on its main thread.
  public void main() {
    PresentCPython.withGil(Objects.requireNonNull(main));
  }
}
