package dev.javaloop.bridge.jep;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// A Java stream in the place of `sys.stdout` or `sys.stderr`.
public final class JepStream {
  private final OutputStream stream;

  JepStream(OutputStream stream) {
    this.stream = stream;
  }

  /// Returns null, or what went wrong.
  public @Nullable String write(byte[] data) {
    try {
      stream.write(data);
      stream.flush();
      return null;
    } catch (IOException e) {
      return e.toString();
    }
  }
}
