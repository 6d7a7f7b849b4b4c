package dev.javaloop.bridge;

import dev.javaloop.bridge.graalpy.GraalPyRuntime;
import dev.javaloop.bridge.graalpy.GraalPySettings;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Settings of a runtime on GraalPy. Python is trusted: it can do what the process can.
public final class GraalPyBuilder {
  private final List<Path> sources = new ArrayList<>();
  private final Map<String, String> options = new HashMap<>();
  private @Nullable OutputStream out;
  private @Nullable OutputStream err;

  GraalPyBuilder() {}

  /// Puts folders in front of `sys.path`.
  public GraalPyBuilder sources(Path... folders) {
    sources.addAll(List.of(folders));
    return this;
  }

  /// Sets an option of the engine, for instance `engine.Mode` to `latency`.
  public GraalPyBuilder option(String name, String value) {
    options.put(name, value);
    return this;
  }

  /// Where Python's stdout goes; by default the process's own.
  public GraalPyBuilder out(OutputStream stream) {
    out = stream;
    return this;
  }

  /// Where Python's stderr goes; by default the process's own.
  public GraalPyBuilder err(OutputStream stream) {
    err = stream;
    return this;
  }

  /// Starts the interpreter and its loop, and waits until it can be used. Absent JVM flags are
  /// named in a warning of the logger `dev.javaloop`.
  ///
  /// @throws IllegalArgumentException for an option that the engine does not have
  /// @throws IllegalStateException where Python cannot start, or on an engine that would run `async
  ///   with` wrongly
  public PythonRuntime start() {
    return GraalPyRuntime.start(
        new GraalPySettings(List.copyOf(sources), Map.copyOf(options), out, err));
  }
}
