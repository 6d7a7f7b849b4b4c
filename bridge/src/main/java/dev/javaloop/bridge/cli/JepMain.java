package dev.javaloop.bridge.cli;

import dev.javaloop.bridge.jep.JepProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// What `./javaloop --engine jep` starts, by way of `jep.py`: a CPython whose asyncio is scheduled
/// by Java.
public final class JepMain {
  private JepMain() {}

  /// Runs the program that the words name and ends the JVM with its exit status.
  public static void main(String[] words) throws IOException, InterruptedException {
    PythonCommand command;
    try {
      command = PythonCommand.parse(List.of(words), Boolean.getBoolean("javaloop.terminal"));
    } catch (PythonCommand.UsageException e) {
      System.err.println("javaloop: " + e.getMessage() + "; see javaloop --help");
      Runtime.getRuntime().halt(2);
      return;
    }
    Path executable = Path.of(System.getProperty("javaloop.executable"));
    if (command.kind().equals("help")) {
      System.out.print(Main.HELP);
      System.out.flush();
    } else if (command.version() > 0) {
      String flag = "-" + "V".repeat(Math.min(command.version(), 2));
      new ProcessBuilder(executable.toString(), flag).inheritIO().start().waitFor();
    } else {
      Runtime.getRuntime()
          .halt(
              new JepProgram(
                      command.kind(),
                      command.target(),
                      command.stockLoop(),
                      command.statistics(),
                      command.aliasUvloop(),
                      command.legacy(),
                      command.words(),
                      command.flagWords())
                  .run(
                      Path.of(System.getProperty("javaloop.jep")),
                      executable,
                      Path.of(System.getProperty("javaloop.sources"))));
    }
    Runtime.getRuntime().halt(0);
  }
}
