package dev.javaloop.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// The processes of a launch, wherever they have gone: those of its session, those with an
/// environment that names its folder, which a daemon keeps when it leaves session and parent, and
/// the descendants of all of them.
///
/// Known from `/proc`; where there is none it is the process and its descendants. Safe for use by
/// several threads.
final class Family {
  private static final Path PROC = Path.of("/proc");
  private static final long PAGE_BYTES = 4096;

  private final ProcessHandle leader;
  private final String folder;

  /// @param folder a path that nobody else's environment names; empty when there is none
  Family(ProcessHandle leader, String folder) {
    this.leader = leader;
    this.folder = folder;
  }

  /// One that lives; zombies do not.
  record Member(long pid, long parent, long session, long residentBytes) {
    void kill() {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  List<Member> members() {
    Map<Long, Member> all = new HashMap<>();
    if (Files.isDirectory(PROC.resolve("self"))) {
      try (Stream<Path> entries = Files.list(PROC)) {
        entries.forEach(entry -> read(entry, all));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException("cannot list the processes", e);
      }
    } else {
      Stream.concat(Stream.of(leader), leader.descendants())
          .filter(ProcessHandle::isAlive)
          .forEach(each -> all.put(each.pid(), new Member(each.pid(), 0, leader.pid(), 0)));
    }
    // Whatever the environment says: not who asks, and not those above.
    for (ProcessHandle me = ProcessHandle.current(); me != null; me = me.parent().orElse(null)) {
      all.remove(me.pid());
    }
    Set<Long> found = new HashSet<>();
    all.values().stream().filter(this::belongs).forEach(member -> found.add(member.pid()));
    while (all.values().stream()
        .filter(each -> found.contains(each.parent()))
        .map(each -> found.add(each.pid()))
        .reduce(false, Boolean::logicalOr)) {
      // Until no generation is missing.
    }
    List<Member> members = new ArrayList<>(all.values());
    members.removeIf(each -> !found.contains(each.pid()));
    return members;
  }

  private boolean belongs(Member each) {
    if (each.session() == leader.pid() || each.pid() == leader.pid()) {
      return true;
    }
    if (folder.isEmpty()) {
      return false;
    }
    try {
      byte[] environment =
          Files.readAllBytes(PROC.resolve(String.valueOf(each.pid())).resolve("environ"));
      return new String(environment, StandardCharsets.UTF_8).contains(folder);
    } catch (IOException e) {
      return false; // it has just ended, or is another user's
    }
  }

  private static void read(Path entry, Map<Long, Member> all) {
    String name = String.valueOf(entry.getFileName());
    if (!Character.isDigit(name.charAt(0))) {
      return;
    }
    try {
      // Behind the name in brackets: state, parent, group, session, … resident pages the 22nd.
      String stat = Files.readString(entry.resolve("stat"), StandardCharsets.ISO_8859_1);
      String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      if (!words[0].equals("Z") && !words[0].equals("X")) {
        long pid = Long.parseLong(name);
        all.put(
            pid,
            new Member(
                pid,
                Long.parseLong(words[1]),
                Long.parseLong(words[3]),
                Long.parseLong(words[21]) * PAGE_BYTES));
      }
    } catch (IOException e) {
      // It has just ended.
    }
  }
}
