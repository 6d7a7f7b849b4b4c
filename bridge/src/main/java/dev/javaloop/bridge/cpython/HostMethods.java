package dev.javaloop.bridge.cpython;

import dev.javaloop.bridge.embed.Script;
import dev.javaloop.cpython.PyRef;
import dev.javaloop.spi.HostMethod;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/// What `javaloop._engines.cpython.embed` calls of the classes that other engines have too.
final class HostMethods {
  static final Map<String, HostMethod<CPythonRuntime, PyRef>> RUNTIME =
      Map.of(
          "started", CPythonRuntime::started,
          "closing", (runtime, _) -> runtime.closing(),
          "closeSeconds", (runtime, _) -> runtime.closeSeconds(),
          "nextScript", (runtime, _) -> runtime.wrappedScript(),
          "takeInterrupt", (runtime, _) -> runtime.takeInterrupt(),
          "out", (runtime, _) -> runtime.out(),
          "err", (runtime, _) -> runtime.err());

  static final Map<String, HostMethod<Script, PyRef>> SCRIPT =
      Map.of(
          "path", (script, _) -> script.path(),
          "argv", (script, _) -> Arrays.asList(script.argv()),
          "ended",
              (script, arguments) -> {
                script.ended((Integer) Objects.requireNonNull(arguments.value(0)));
                return null;
              },
          "failed",
              (script, arguments) ->
                  script.failed(
                      arguments.text(0), arguments.text(1), arguments.text(2), arguments.value(3)));

  /// Returns null, or what went wrong.
  static final Map<String, HostMethod<OutputStream, PyRef>> STREAM =
      Map.of(
          "write",
          (stream, arguments) -> {
            try {
              stream.write((byte[]) Objects.requireNonNull(arguments.value(0)));
              stream.flush();
              return null;
            } catch (IOException e) {
              return e.toString();
            }
          });

  private HostMethods() {}
}
