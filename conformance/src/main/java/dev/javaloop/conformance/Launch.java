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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One process in a session of its own, with what it wrote; [#close()] leaves none of its [Family]
/// behind, and one that exceeds its limits is killed with all of it.
///
/// Used by one thread, beside one of its own that watches the limits.
final class Launch implements AutoCloseable {
  /// How long output may still come after the process itself ended: a child of it may hold the pipe
  /// open.
  private static final long DRAIN_MILLIS = 2_000;

  private static final int LIMIT_BYTES = 4 << 20;
  private static final long WATCH_MILLIS = 50;
  private static final long KILL_NANOS = 5_000_000_000L;
  private static final Path SETSID = Path.of("/usr/bin/setsid");

  /// What a program that is told to stop still has to kill.
  private static final Set<Launch> LIVE = ConcurrentHashMap.newKeySet();

  private static volatile boolean ending;

  private final Process process;
  private final Family family;
  private final Limits limits;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final long startNanos = System.nanoTime();
  final Capture stdout;
  final Capture stderr;
  private volatile @Nullable String killedFor;

  /// Starts the command with a Python environment that is clean but for `environment`.
  Launch(List<String> command, Path directory, Map<String, String> environment, String stdin)
      throws IOException {
    this(command, directory, environment, stdin, "", Limits.DEFAULT);
  }

  /// @param own a path that nobody else's environment names: how processes that leave the session
  ///   are known; empty when there is none
  Launch(
      List<String> command,
      Path directory,
      Map<String, String> environment,
      String stdin,
      String own,
      Limits limits)
      throws IOException {
    this.limits = limits;
    List<String> full = new ArrayList<>(command);
    if (Files.isExecutable(SETSID)) {
      // A child of the JVM leads no group, so setsid does not fork: the process id is the
      // session's too.
      full.addFirst(SETSID.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(limits.around(full)).directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("PYTHON"));
    builder.environment().putAll(Map.of("PYTHONIOENCODING", "utf-8", "PYTHONUTF8", "1"));
    builder.environment().put("PWD", directory.toString());
    builder.environment().putAll(environment);
    process = builder.start();
    family = new Family(process.toHandle(), own);
    LIVE.add(this);
    if (ending) {
      kill();
      staysWhileTheProgramEnds();
    }
    diesFirst(process.pid());
    Thread.ofPlatform().daemon().name("limits of " + process.pid()).start(this::watch);
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
    boolean ended = process.waitFor(millis, TimeUnit.MILLISECONDS);
    staysWhileTheProgramEnds();
    return ended;
  }

  /// What was killed says nothing of the case that it ran.
  private static void staysWhileTheProgramEnds() {
    while (ending) {
      LockSupport.park();
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// Sends what Ctrl-C sends; nothing to a process that has ended.
  void interrupt() {
    if (process.isAlive()) {
      signal("INT", String.valueOf(process.pid()));
    }
  }

  double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  int exitStatus() {
    return process.exitValue();
  }

  /// Why it was killed before its time: which limit it exceeded; null when it was not.
  @Nullable String killedFor() {
    return killedFor;
  }

  private void watch() {
    Limits.Machine calm = Limits.Machine.now();
    try {
      while (!closed.await(WATCH_MILLIS, TimeUnit.MILLISECONDS)) {
        Limits.Machine now = Limits.Machine.now();
        if (now.suspicious(calm, limits)) {
          limits
              .exceeded(family.members())
              .ifPresent(
                  why -> {
                    killedFor = why;
                    kill();
                  });
        }
        calm = calm.calmer(now);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// When the kernel runs out of memory, it takes this process and its children, and not the suite.
  private static void diesFirst(long pid) {
    try {
      Files.writeString(Path.of("/proc/" + pid + "/oom_score_adj"), "1000");
    } catch (IOException e) {
      // It has ended, or the system has no such thing.
    }
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

  /// Kills the process and its family, however fast that grows: those who are killed have no more
  /// children.
  synchronized void kill() {
    process.destroyForcibly();
    long until = System.nanoTime() + KILL_NANOS;
    while (System.nanoTime() < until) {
      List<Family.Member> left = family.members();
      if (left.isEmpty()) {
        return;
      }
      left.forEach(Family.Member::kill);
      Thread.onSpinWait();
    }
  }

  private static void signal(String name, String target) {
    try {
      // Fails when nobody is there any more, which is as well.
      Process kill =
          new ProcessBuilder("/bin/kill", "-" + name, "--", target)
              .redirectErrorStream(true)
              .start();
      try (InputStream said = kill.getInputStream()) {
        said.readAllBytes();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot send SIG" + name + " to " + target, e);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    kill();
    LIVE.remove(this);
  }

  /// Kills what still runs, and starts no more, when the program itself ends early: its processes
  /// do not hear a terminal's Ctrl-C.
  static void killAll() {
    ending = true;
    LIVE.forEach(Launch::kill);
  }
}
