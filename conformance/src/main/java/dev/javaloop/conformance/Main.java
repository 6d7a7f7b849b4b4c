package dev.javaloop.conformance;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// The command line: `conformance NOTES… --report DIR`.
@Command(
    name = "conformance",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Replays the Python examples of Markdown notes on CPython and on the bridge, and compares"
            + " what they do.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:nothing differs",
      "1:a case differs, passes unexpectedly, runs into the time limit or crashes",
      "2:the command cannot be done as it was given"
    })
public final class Main implements Callable<Integer> {
  private static final List<String> ENGINES = List.of("graalpy", "jep");

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "NOTES",
      description = "Markdown files or folders; the project's own examples if none is given")
  private List<Path> notes = new ArrayList<>();

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "where the reports go: report.json, junit.xml, summary.md, index.html")
  private @Nullable Path report;

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      defaultValue = "graalpy",
      description = "the bridge's engine: graalpy, or jep with the CPython of the reference")
  private String engine = "graalpy";

  @Option(
      names = "--reference",
      paramLabel = "PYTHON",
      description = "the CPython to compare with; found by itself if not given")
  private @Nullable String reference;

  @Option(
      names = "--bridge",
      paramLabel = "COMMAND",
      description = "what runs a script on the bridge; ./javaloop if not given")
  private @Nullable String bridge;

  @Option(
      names = "--expected",
      paramLabel = "FILE",
      description = "a table of expected differences, added to the bundled one")
  private @Nullable Path expected;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "2",
      description =
          "runs of the reference, to learn what varies (default 2, a third when they differ)")
  private int runs;

  @Option(names = "--jobs", paramLabel = "N", description = "cases at a time (default: processors)")
  private int jobs = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "time limit of one run, without the start-up of the bridge (default 60)")
  private double timeout;

  @Option(
      names = "--case",
      paramLabel = "ID",
      arity = "1..*",
      description = "replay these cases only: <stem>#<n>, or the start of the stem and #<n>")
  private List<String> cases = new ArrayList<>();

  @Option(names = "--list", description = "only list the fences with what they are, run nothing")
  private boolean list;

  /// Ends the JVM with the command's exit status.
  ///
  /// @param args the command line
  public static void main(String[] args) {
    Runtime.getRuntime().addShutdownHook(new Thread(Launch::killAll));
    System.exit(run(args, utf8(System.out), utf8(System.err)));
  }

  private static PrintWriter utf8(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  /// The command without the exit: returns its status.
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    CommandLine command = new CommandLine(new Main()).setOut(out).setErr(err);
    command.setParameterExceptionHandler(
        (e, _) -> {
          err.println("conformance: " + oneLine(e));
          return 2;
        });
    command.setExecutionExceptionHandler(
        (e, _, _) -> {
          if (e instanceof UsageException) {
            err.println("conformance: " + oneLine(e));
            return 2;
          }
          throw e;
        });
    return command.execute(args);
  }

  private static String oneLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("failed");
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PrintWriter out = spec().commandLine().getOut();
    PrintWriter err = spec().commandLine().getErr();
    if (!ENGINES.contains(engine)) {
      throw new UsageException(
          "unknown engine " + engine + "; known: " + String.join(", ", ENGINES));
    }
    if (runs < 1 || jobs < 1 || !(timeout > 0)) {
      throw new UsageException("--runs, --jobs and --timeout must be positive");
    }
    Home home = Home.of(System.getenv());
    List<Note> read = Note.read(notes.isEmpty() ? List.of(home.examples()) : notes);
    List<Fence> fences = selected(read);
    Path folder = reportFolder();
    Expectations expectations = Expectations.bundled(engine);
    if (expected != null) {
      expectations.add(expected);
    }
    ReferencePython.Found python = ReferencePython.find(reference, System.getenv());
    Side there = python.side();
    Side here = bridgeSide(bridge != null ? words(bridge) : launcher(home, python));
    if (list) {
      list(new Classifier(there, here, System.getenv()).classify(fences), out);
      return 0;
    }
    List<String> remarks = new ArrayList<>();
    if (!python.wanted()) {
      remarks.add(
          "No CPython 3.12 runs on this machine; the reference is "
              + python.version()
              + ", and what differs may differ for that reason alone.");
    }
    Progress progress = new Progress(fences.size(), err);
    Replay replay =
        Replay.run(
            fences,
            there,
            here,
            expectations,
            new CaseReplay.Options(runs, timeout),
            jobs,
            remarks,
            progress::finished);
    if (folder != null) {
      Reports.write(replay, folder);
    }
    Progress.summary(replay, folder, out);
    return replay.failed() ? 1 : 0;
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("picocli did not run this command");
    }
    return spec;
  }

  private static void list(List<Classifier.Classified> all, PrintWriter out) {
    for (Classifier.Classified each : all) {
      String what =
          switch (each.example()) {
            case Example.Script _ -> "script";
            case Example.Session _ -> "session";
            case Example.Skipped(String reason) -> "skipped(" + reason + ")";
            case Example.NotPython(String reason) -> "not-python(" + reason + ")";
          };
      out.println(each.fence().id() + "  line " + each.fence().line() + "  " + what);
    }
  }

  private List<Fence> selected(List<Note> read) {
    List<Fence> all = read.stream().flatMap(note -> Fence.in(note).stream()).toList();
    if (cases.isEmpty()) {
      return all;
    }
    for (String id : cases) {
      if (all.stream().noneMatch(fence -> named(fence, id))) {
        throw new UsageException("no such case: " + id);
      }
    }
    return all.stream().filter(f -> cases.stream().anyMatch(id -> named(f, id))).toList();
  }

  private static boolean named(Fence fence, String id) {
    int hash = id.lastIndexOf('#');
    return fence.id().equals(id)
        || (hash >= 0
            && fence.note().stem().startsWith(id.substring(0, hash))
            && id.substring(hash + 1).equals(String.valueOf(fence.number())));
  }

  private @Nullable Path reportFolder() {
    if (report == null || list) {
      return null;
    }
    try {
      return Files.createDirectories(report);
    } catch (IOException e) {
      throw new UsageException("cannot make the report's folder " + report, e);
    }
  }

  private Side bridgeSide(List<String> command) throws IOException, InterruptedException {
    Probe.Answer answer = Probe.ask("bridge", command, List.of(), List.of());
    return new Side(
        "bridge", command, answer.implementation() + " " + answer.version() + ", engine " + engine);
  }

  private List<String> launcher(Home home, ReferencePython.Found python) {
    List<String> command = new ArrayList<>(home.launcher());
    if (engine.equals("jep")) {
      command.addAll(List.of("--engine", "jep", "--python", python.command()));
    }
    return command;
  }

  private static List<String> words(String command) {
    return Files.isExecutable(Path.of(command)) && !Files.isDirectory(Path.of(command))
        ? List.of(Path.of(command).toAbsolutePath().toString())
        : List.of(command.strip().split("\\s+", -1));
  }

  /// Where the project's own files are.
  record Home(Map<String, String> environment, @Nullable String launcherProperty) {
    static Home of(Map<String, String> environment) {
      return new Home(environment, System.getProperty("javaloop.launcher"));
    }

    /// The launcher that started this program, or the one at the root of the work tree.
    List<String> launcher() {
      String named =
          launcherProperty != null ? launcherProperty : environment.get("JAVALOOP_LAUNCHER");
      if (named != null) {
        return List.of(Path.of(named).toAbsolutePath().toString());
      }
      Path launcher = root().resolve("javaloop");
      if (!Files.isExecutable(launcher)) {
        throw new UsageException(
            "no launcher ./javaloop in " + root() + "; name what runs a script with --bridge");
      }
      return List.of(launcher.toString());
    }

    Path examples() {
      return root().resolve("conformance/examples");
    }

    /// The launcher's folder, or the nearest one upwards that holds the examples.
    private Path root() {
      if (launcherProperty != null) {
        Path folder = Path.of(launcherProperty).toAbsolutePath().getParent();
        if (folder != null && Files.isDirectory(folder.resolve("conformance/examples"))) {
          return folder;
        }
      }
      Path here = Path.of("").toAbsolutePath();
      for (Path at = here; at != null; at = at.getParent()) {
        if (Files.isDirectory(at.resolve("conformance/examples"))) {
          return at;
        }
      }
      return here;
    }
  }
}
