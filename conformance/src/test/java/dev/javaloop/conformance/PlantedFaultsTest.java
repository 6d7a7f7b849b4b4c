package dev.javaloop.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the suite is for: a loop with a fault does not pass the project's own examples.
///
/// The launcher runs on the engine that starts quickly; what plants the faults is `planted.py`.
class PlantedFaultsTest {
  @TempDir Path folder;

  /// Each with an example that has to catch it.
  enum Fault {
    CALLBACKS_REVERSED("01-run-and-gather#3"),
    TIMERS_EARLY("01-run-and-gather#6"),
    WAKEUPS_LOST("03-futures-and-callbacks#9"),
    EXCEPTIONS_SWALLOWED("07-failures#9");

    final String caughtBy;

    Fault(String caughtBy) {
      this.caughtBy = caughtBy;
    }
  }

  @Test
  void withoutAFaultAllIsSame() throws Exception {
    List<String> cases = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      cases.add(fault.caughtBy);
    }
    Replayed replayed = replay("none", cases);
    assertEquals(0, replayed.status(), replayed::said);
    for (String each : cases) {
      assertTrue(replayed.hasVerdict(each, "same"), replayed::said);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFaultIsCaught(Fault fault) throws Exception {
    Replayed replayed =
        replay(fault.name().toLowerCase(java.util.Locale.ROOT), List.of(fault.caughtBy));
    assertEquals(1, replayed.status(), replayed::said);
    assertTrue(replayed.hasVerdict(fault.caughtBy, "(differs|timeout) .*"), replayed::said);
  }

  private record Replayed(int status, String said) {
    boolean hasVerdict(String id, String verdict) {
      return Pattern.compile(
              "^\\[.*] " + Pattern.quote(id) + " " + verdict + "$", Pattern.MULTILINE)
          .matcher(said)
          .find();
    }
  }

  private Replayed replay(String fault, List<String> cases) throws Exception {
    String launcher = System.getProperty("javaloop.launcher");
    assumeTrue(
        launcher != null && !launcher.isEmpty(),
        "not run: the system property javaloop.launcher names no launcher");
    String python = Cpython.find().command();
    Path bridge = folder.resolve("bridge");
    Files.writeString(
        bridge,
        "#!/bin/sh\nexec %s --engine cpython --python %s %s %s \"$@\"\n"
            .formatted(launcher, python, planted(), fault));
    Files.setPosixFilePermissions(bridge, PosixFilePermissions.fromString("rwxr-xr-x"));
    List<String> words = new ArrayList<>(List.of("examples", "--bridge", bridge.toString()));
    words.addAll(List.of("--reference", python, "--engine", "cpython", "--timeout", "4", "--case"));
    words.addAll(cases);
    StringWriter said = new StringWriter();
    int status =
        Main.run(words.toArray(String[]::new), new PrintWriter(said), new PrintWriter(said));
    return new Replayed(status, said.toString());
  }

  private Path planted() throws Exception {
    Path file = folder.resolve("planted.py");
    Files.writeString(file, Resources.text("planted.py"));
    return file;
  }
}
