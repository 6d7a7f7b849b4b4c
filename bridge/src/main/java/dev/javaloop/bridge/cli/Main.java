package dev.javaloop.bridge.cli;

import dev.javaloop.bridge.graalpy.GraalPyContext;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;

/// What `./javaloop` starts: a python whose asyncio is scheduled by Java.
public final class Main {
  private static final String HELP =
      """
      usage: javaloop [javaloop's options] [a python's options] [-c CODE | -m MODULE | FILE | -] [ARGUMENT...]
             javaloop conformance [NOTES...] --report DIR

      javaloop's options:
        --stock-loop                 leave asyncio its own loop
        --alias-uvloop               have `import uvloop` give our loops, installed or not
        --legacy                     give back what asyncio has lost since Python 3.9
        --stats                      print what Java counted, at the end
        --mode latency|throughput    compile for a quick start (default) or for servers
        --engine graalpy|cpython|jep what runs Python: GraalPy (default), a CPython with the JVM in it, or a CPython
                                     that JEP starts, for programs that use JEP's own API
        --python PATH                the CPython: an interpreter or virtual environment (default: python3 on PATH)

      a python's options: -B -c -E -I -m -O -P -q -s -S -u -v -V -W -X and --check-hash-based-pycs, as CPython has
      them. Without a program: a REPL where `await` works, or standard input if that is no terminal.
      """;

  private Main() {}

  /// Runs the program that the words name and ends the JVM with its exit status.
  public static void main(String[] words) {
    int status = run(List.of(words));
    System.out.flush();
    System.err.flush();
    if (Boolean.getBoolean("javaloop.orderlyExit")) {
      System.exit(status); // a training run writes the AOT cache on its way out
    }
    // Python's end was run by Python; what is left (daemon threads) a python abandons as well.
    Runtime.getRuntime().halt(status);
  }

  private static int run(List<String> words) {
    PythonCommand command;
    try {
      command = PythonCommand.parse(words, Boolean.getBoolean("javaloop.terminal"));
    } catch (PythonCommand.UsageException e) {
      System.err.println("javaloop: " + e.getMessage() + "; see javaloop --help");
      return 2;
    }
    if (command.kind().equals("help")) {
      System.out.print(HELP);
      return 0;
    }
    // Not in try-with-resources: closing takes a second, and Python has run its own end.
    try {
      Context context = context(command);
      if (command.version() > 0) {
        String attribute = command.version() > 1 ? "sys.version" : "sys.version.split()[0]";
        System.out.println(
            "Python " + context.eval("python", "import sys; " + attribute).asString());
        return 0;
      }
      GraalPyContext.prepare(context);
      return context
          .eval("python", "__import__('javaloop._main', fromlist=['run']).run")
          .execute(
              command.kind(),
              command.target(),
              command.stockLoop(),
              command.statistics(),
              command.aliasUvloop(),
              command.legacy(),
              words.toArray(String[]::new),
              command.extended().toArray(String[]::new),
              command.optimize(),
              command.developmentMode(System.getenv()))
          .asInt();
    } catch (PolyglotException e) {
      if (e.isExit()) {
        return e.getExitStatus();
      }
      System.err.println("javaloop: the Python engine failed: " + e.getMessage());
      if (Boolean.getBoolean("javaloop.debug")) {
        e.printStackTrace();
      }
      return 70;
    }
  }

  private static Context context(PythonCommand command) {
    Map<String, String> options = new HashMap<>(command.options());
    if (!command.ignoreEnvironment()) {
      PythonEnvironment.apply(System.getenv(), options);
    }
    if (command.developmentMode(System.getenv())) {
      options.merge("python.WarnOptions", "default", (given, mine) -> mine + "," + given);
    }
    options.put("python.AlwaysRunExcepthook", "true");
    options.put("python.RunViaLauncher", "true");
    options.put(
        "python.ForceImportSite", Boolean.toString(!options.containsKey("python.NoSiteFlag")));
    options.putIfAbsent("python.DontWriteBytecodeFlag", "false");
    options.put("engine.Mode", command.mode());
    if (command.mode().equals("latency")) {
      // A compiler that is cold itself costs a start more than 1500 interpreted calls (default:
      // 400).
      options.putIfAbsent("engine.FirstTierCompilationThreshold", "1500");
    }
    String executable = System.getProperty("javaloop.executable");
    if (executable != null) {
      options.put("python.Executable", Path.of(executable).toAbsolutePath().toString());
      VirtualEnvironment.apply(Path.of(executable).toAbsolutePath(), options);
    }
    return GraalPyContext.builder(options, command.arguments())
        .in(new FileInputStream(FileDescriptor.in))
        .out(new FileOutputStream(FileDescriptor.out))
        .err(new FileOutputStream(FileDescriptor.err))
        .build();
  }
}
