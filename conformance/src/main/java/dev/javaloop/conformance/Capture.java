package dev.javaloop.conformance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads one output stream of a process to its end on a thread of its own and keeps the first
/// `limitBytes` of it, and not more lines than can be compared in reasonable time.
///
/// The rest is read and thrown away, so that a chatty process does not block. [#text()],
/// [#lineMillis()] and [#failure()] may be called once [#await(long)] returned true, or with what
/// there is so far.
final class Capture {
  private static final int LIMIT_LINES = 20_000;

  private final int limitBytes;
  private final long startNanos;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final List<Long> lineMillis = new ArrayList<>();
  private final Thread thread;
  private boolean truncated;
  private @Nullable IOException failure;

  Capture(InputStream stream, int limitBytes, long startNanos) {
    this.limitBytes = limitBytes;
    this.startNanos = startNanos;
    this.thread = Thread.ofVirtual().start(() -> read(stream));
  }

  /// Waits for the stream's end; false when it is still open after the time.
  boolean await(long millis) throws InterruptedException {
    return thread.join(java.time.Duration.ofMillis(Math.max(1, millis)));
  }

  synchronized String text() {
    return kept.toString(StandardCharsets.UTF_8);
  }

  /// When each line ended, in milliseconds after the start of the process.
  synchronized List<Long> lineMillis() {
    return List.copyOf(lineMillis);
  }

  synchronized boolean truncated() {
    return truncated;
  }

  /// Why reading stopped before the end; null when it did not.
  synchronized @Nullable IOException failure() {
    return failure;
  }

  private void read(InputStream stream) {
    byte[] buffer = new byte[1 << 14];
    try (stream) {
      for (int n; (n = stream.read(buffer)) >= 0; ) {
        keep(buffer, n);
      }
    } catch (IOException e) {
      synchronized (this) {
        failure = e;
      }
    }
  }

  private synchronized void keep(byte[] buffer, int n) {
    long millis = (System.nanoTime() - startNanos) / 1_000_000;
    int most = truncated ? 0 : Math.min(n, limitBytes - kept.size());
    int fits = 0;
    while (fits < most && lineMillis.size() < LIMIT_LINES) {
      if (buffer[fits++] == '\n') {
        lineMillis.add(millis);
      }
    }
    kept.write(buffer, 0, fits);
    truncated |= fits < n;
  }
}
