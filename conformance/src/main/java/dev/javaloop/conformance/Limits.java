package dev.javaloop.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a case may take of the machine. Processes and memory are watched from outside: a limit of
/// the kernel's would count all processes of the user, spare root, and not let a JVM reserve
/// addresses.
///
/// @param memoryBytes resident, of all its processes
/// @param fileBytes the size of a file
record Limits(int processes, long memoryBytes, long fileBytes) {
  private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");
  static final Limits DEFAULT = new Limits(512, memory("MemTotal:") / 3, 1L << 30);

  /// The command with the limits that the kernel keeps.
  List<String> around(List<String> command) {
    if (!Files.isExecutable(PRLIMIT)) {
      return command;
    }
    List<String> full = new ArrayList<>(List.of(PRLIMIT.toString(), "--core=0"));
    full.add("--fsize=" + fileBytes);
    full.addAll(command);
    return full;
  }

  /// Why the family is to be killed.
  Optional<String> exceeded(List<Family.Member> family) {
    if (family.size() > processes) {
      return Optional.of("more than " + processes + " processes");
    }
    long resident = family.stream().mapToLong(Family.Member::residentBytes).sum();
    return resident > memoryBytes
        ? Optional.of("more than " + (memoryBytes >> 20) + " MiB of memory")
        : Optional.empty();
  }

  /// What all of the machine has: cheap to ask, and nobody's family exceeds a limit while this
  /// stays within it.
  record Machine(long threads, long availableBytes) {
    static Machine now() {
      return new Machine(allThreads(), memory("MemAvailable:"));
    }

    /// Whether so much has been taken since `before` that a family is worth a look.
    boolean suspicious(Machine before, Limits limits) {
      return threads - before.threads > limits.processes
          || before.availableBytes - availableBytes > limits.memoryBytes;
    }

    Machine calmer(Machine other) {
      return new Machine(
          Math.min(threads, other.threads), Math.max(availableBytes, other.availableBytes));
    }

    private static long allThreads() {
      try {
        // 0.20 0.18 0.12 1/80 11206: the fourth word is the runnable threads and all threads.
        String word = Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[3];
        return Long.parseLong(word.substring(word.indexOf('/') + 1));
      } catch (IOException e) {
        return 0;
      }
    }
  }

  private static long memory(String name) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.replaceAll("\\D+", "")) << 10;
        }
      }
    } catch (IOException e) {
      // A system without it: no limit.
    }
    return Long.MAX_VALUE;
  }
}
