package dev.javaloop.conformance.stage;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// A display that nobody sees: Xvfb.
final class Display {
  private Display() {}

  /// Starts it; its `port` is the display's number.
  static Host start() throws IOException, Unavailable {
    Path program =
        Stream.of("/usr/bin/Xvfb", "/usr/local/bin/Xvfb")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(
                () -> new Unavailable("no display: the program Xvfb (package xvfb) is not here"));
    Process process =
        new ProcessBuilder(
                program.toString(),
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1024x768x24",
                "-nolisten",
                "tcp")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader said = process.inputReader();
    String number = said.readLine();
    if (number == null || !number.strip().matches("\\d+")) {
      process.destroyForcibly();
      throw new Unavailable("no display: Xvfb did not start");
    }
    return Host.of(
        "process " + program, Integer.parseInt(number.strip()), () -> {}, process::destroy);
  }
}
