package dev.javaloop.bridge;

import dev.javaloop.bridge.cpython.CPythonRuntime;
import dev.javaloop.bridge.cpython.CPythonSettings;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Settings of a runtime on CPython, which is loaded into the JVM: it needs an interpreter with its
/// shared library, and nothing else. Python is trusted: it can do what the process can.
///
/// A process has one CPython for its life, and that serves one runtime at a time. The next runtime
/// gets it as the last one left it, but for the modules of that one's [#sources]. The JVM keeps its
/// handlers of signals, until a program installs its own. Python's `atexit` functions do not run.
public final class CPythonBuilder {
  private final List<Path> sources = new ArrayList<>();
  private @Nullable Path python;
  private @Nullable OutputStream out;
  private @Nullable OutputStream err;

  CPythonBuilder() {}

  /// Puts folders in front of `sys.path`.
  public CPythonBuilder sources(Path... folders) {
    sources.addAll(List.of(folders));
    return this;
  }

  /// Which CPython it is: an interpreter, or the folder of a virtual environment. By default the
  /// `python3` on the path.
  public CPythonBuilder python(Path venvOrInterpreter) {
    python = venvOrInterpreter;
    return this;
  }

  /// Where Python's stdout goes; by default the process's own.
  public CPythonBuilder out(OutputStream stream) {
    out = stream;
    return this;
  }

  /// Where Python's stderr goes; by default the process's own.
  public CPythonBuilder err(OutputStream stream) {
    err = stream;
    return this;
  }

  /// Starts the interpreter, if it does not run yet, and a loop, and waits until they can be used.
  ///
  /// @throws IllegalStateException where Python cannot start, or another runtime uses it
  public PythonRuntime start() {
    return CPythonRuntime.start(new CPythonSettings(python, List.copyOf(sources), out, err));
  }
}
