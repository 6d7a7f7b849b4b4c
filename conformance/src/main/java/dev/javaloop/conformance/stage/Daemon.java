package dev.javaloop.conformance.stage;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// A server program that runs beside the suite, from the line in which it says that it is ready.
final class Daemon implements AutoCloseable {
  private static final long READY_SECONDS = 120;
  private static final long STOP_SECONDS = 20;

  private final Process process;

  private Daemon(Process process) {
    this.process = process;
  }

  /// Starts it; its output is read on, so that it never waits for a reader.
  ///
  /// @param ready what stands in that line
  static Daemon start(List<String> command, Path folder, String ready)
      throws IOException, InterruptedException, Unavailable {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    Daemon daemon = new Daemon(process);
    BlockingQueue<String> said = new ArrayBlockingQueue<>(1);
    Thread.ofVirtual().start(() -> listen(process, ready, said));
    String line = said.poll(READY_SECONDS, TimeUnit.SECONDS);
    if (line == null || !line.contains(ready)) {
      daemon.close();
      throw new Unavailable(
          Path.of(command.getFirst()).getFileName()
              + (line == null
                  ? " is not ready after " + READY_SECONDS + " s"
                  : " did not start: " + line));
    }
    return daemon;
  }

  /// Offers the line that says so, or the last one of a program that ended before.
  private static void listen(Process process, String ready, BlockingQueue<String> said) {
    String last = "it said nothing";
    boolean heard = false;
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = line.isBlank() ? last : line.strip();
        if (!heard && line.contains(ready)) {
          heard = said.offer(line);
        }
      }
    } catch (IOException e) {
      last = String.valueOf(e.getMessage()); // its pipe broke, which is its end too
    }
    if (!heard) {
      said.add(last);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
