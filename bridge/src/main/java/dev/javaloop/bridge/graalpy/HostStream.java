package dev.javaloop.bridge.graalpy;

import java.io.IOException;
import java.io.OutputStream;
import org.graalvm.polyglot.HostAccess.Export;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/// A Java stream in the place of `sys.stdout` or `sys.stderr`: the native backend, which the loop
/// needs, writes to the process's own descriptors whatever streams a context was given.
public final class HostStream {
  private final OutputStream stream;

  HostStream(OutputStream stream) {
    this.stream = stream;
  }

  /// Returns null, or what went wrong.
  @Export
  public @Nullable String write(Value data) {
    byte[] bytes = new byte[Math.toIntExact(data.getBufferSize())];
    data.readBuffer(0, bytes, 0, bytes.length);
    try {
      stream.write(bytes);
      stream.flush();
      return null;
    } catch (IOException e) {
      return e.toString();
    }
  }
}
