package dev.javaloop.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// One process in a session of its own, with what it wrote; [#close()] leaves none of its
/// descendants behind.
///
/// Used by one thread.
final class Launch implements AutoCloseable {
  /// How long output may still come after the process itself ended: a child of it may hold the pipe
  /// open.
  private static final long DRAIN_MILLIS = 2_000;

  private static final int LIMIT_BYTES = 4 << 20;
  private static final Path SETSID = Path.of("/usr/bin/setsid");

  /// What a program that is told to stop still has to kill.
  private static final Set<Launch> LIVE = ConcurrentHashMap.newKeySet();

  private final Process process;
  private final boolean ownGroup;
  private final long startNanos = System.nanoTime();
  final Capture stdout;
  final Capture stderr;

  /// Starts the command with a Python environment that is clean but for `environment`.
  Launch(List<String> command, Path directory, Map<String, String> environment, String stdin)
      throws IOException {
    ownGroup = Files.isExecutable(SETSID);
    List<String> full = new ArrayList<>(command);
    if (ownGroup) {
      // A child of the JVM leads no group, so setsid does not fork: the process id is the group's
      // too.
      full.addFirst(SETSID.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(full).directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("PYTHON"));
    builder.environment().putAll(Map.of("PYTHONIOENCODING", "utf-8", "PYTHONUTF8", "1"));
    builder.environment().putAll(environment);
    process = builder.start();
    LIVE.add(this);
    stdout = new Capture(process.getInputStream(), LIMIT_BYTES, startNanos);
    stderr = new Capture(process.getErrorStream(), LIMIT_BYTES, startNanos);
    try (var in = process.getOutputStream()) {
      in.write(stdin.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The process ended or closed its stdin before it read all; how it ended tells what to make
      // of that.
      if (process.isAlive() && !stdin.isEmpty()) {
        close();
        throw e;
      }
    }
  }

  /// Waits for the end; false when the time is over and the process still runs.
  boolean await(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  int exitStatus() {
    return process.exitValue();
  }

  /// Takes what is still in the pipes.
  void drain() throws InterruptedException {
    boolean stdoutEnded = stdout.await(DRAIN_MILLIS);
    boolean stderrEnded = stderr.await(DRAIN_MILLIS);
    if (!stdoutEnded || !stderrEnded) {
      kill();
      stdout.await(DRAIN_MILLIS);
      stderr.await(DRAIN_MILLIS);
    }
  }

  /// Kills the process, its descendants and what else is in its group.
  void kill() {
    List<ProcessHandle> descendants = process.descendants().toList();
    process.destroyForcibly();
    descendants.forEach(ProcessHandle::destroyForcibly);
    if (ownGroup) {
      killGroup(process.pid());
    }
  }

  private static void killGroup(long group) {
    try {
      // Fails when the group is empty, which is what this is for.
      Process kill =
          new ProcessBuilder("/bin/kill", "-KILL", "--", "-" + group)
              .redirectErrorStream(true)
              .start();
      try (InputStream said = kill.getInputStream()) {
        said.readAllBytes();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot kill the process group " + group, e);
    }
  }

  @Override
  public void close() {
    kill();
    LIVE.remove(this);
  }

  /// Kills what still runs, when the program itself ends early: its processes do not hear a
  /// terminal's Ctrl-C.
  static void killAll() {
    LIVE.forEach(Launch::kill);
  }
}
