package dev.javaloop.bridge;

import dev.javaloop.bridge.cpython.CPythonSettings;
import dev.javaloop.bridge.jep.JepBootstrap;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Settings of a runtime on CPython, which JEP puts into the JVM. Python is trusted: it can do what
/// the process can.
///
/// A process has one CPython for its life, and that serves one runtime at a time. The next runtime
/// gets it as the last one left it, but for the modules of that one's [#sources].
public final class JepBuilder {
  private final List<Path> sources = new ArrayList<>();
  private @Nullable Path python;
  private @Nullable OutputStream out;
  private @Nullable OutputStream err;

  JepBuilder() {}

  /// Puts folders in front of `sys.path`.
  public JepBuilder sources(Path... folders) {
    sources.addAll(List.of(folders));
    return this;
  }

  /// Which CPython it is: an interpreter, or the folder of a virtual environment. By default the
  /// `python3` on the path.
  public JepBuilder python(Path venvOrInterpreter) {
    python = venvOrInterpreter;
    return this;
  }

  /// Where Python's stdout goes; by default the process's own.
  public JepBuilder out(OutputStream stream) {
    out = stream;
    return this;
  }

  /// Where Python's stderr goes; by default the process's own.
  public JepBuilder err(OutputStream stream) {
    err = stream;
    return this;
  }

  /// Starts the interpreter, if it does not run yet, and a loop, and waits until they can be used.
  /// The first use of an interpreter compiles JEP for it, which takes a minute and is announced by
  /// the logger `dev.javaloop`.
  ///
  /// @throws IllegalStateException where Python cannot start, or another runtime uses it
  public PythonRuntime start() {
    return JepBootstrap.start(new CPythonSettings(python, List.copyOf(sources), out, err));
  }
}
