package dev.javaloop.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * No test leaves a descriptor open (of the kinds that loops and tests open) or a loop's thread
 * running.
 */
final class NoLeaks implements BeforeEachCallback, AfterEachCallback {
  private Set<String> before = Set.of();

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    before = held();
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    assertEquals(before, held(), "what the test left open");
  }

  private static Set<String> held() throws IOException {
    Set<String> held = new TreeSet<>();
    try (var fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path fd : fds) {
        if (Files.isSymbolicLink(fd)) {
          String target = Files.readSymbolicLink(fd).toString();
          if (target.contains("event")
              || target.startsWith("pipe:")
              || target.startsWith("socket:")) {
            held.add(fd.getFileName() + " " + target);
          }
        }
      }
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.isAlive() && thread.getName().startsWith("event-loop")) {
        held.add("thread " + thread.getName());
      }
    }
    return held;
  }
}
