package dev.javaloop.conformance;

import dev.javaloop.conformance.catalogue.Catalogue;
import dev.javaloop.conformance.catalogue.CatalogueException;
import dev.javaloop.conformance.stage.Folders;
import dev.javaloop.conformance.stage.Stage;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
      split = ",",
      defaultValue = "graalpy",
      description =
          "the bridge's engines, a column each: graalpy; cpython or jep with the CPython of the"
              + " reference, or another as cpython@3.10")
  private List<String> engines = new ArrayList<>();

  @Option(
      names = "--legacy",
      description =
          "a second column for each engine, in which both sides get back what asyncio lost"
              + " (asyncio.coroutine, bare coroutines in wait, loop= …)")
  private boolean legacy;

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
      names = "--catalogue",
      paramLabel = "FILE",
      description =
          "what cases need and where they may differ (TOML), added to the bundled catalogue")
  private List<Path> catalogues = new ArrayList<>();

  @Option(
      names = "--servers",
      paramLabel = "HOW",
      defaultValue = "auto",
      description =
          "how servers run: auto (in containers where a Docker Engine answers, else as processes),"
              + " processes, or none (what needs one is skipped)")
  private Stage.How servers = Stage.How.AUTO;

  @Option(
      names = "--fail-on",
      paramLabel = "VERDICT",
      split = ",",
      description = "what makes the status 1 (default: differs,timeout,crash,unexpected-pass)")
  private List<String> failOn = new ArrayList<>();

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "2",
      description =
          "runs of the reference, to learn what varies (default 2, a third when they differ)")
  private int runs;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description =
          "cases at a time (default: twice the processors, as many wait more than they compute)")
  private int jobs = 2 * Runtime.getRuntime().availableProcessors();

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

  @Option(
      names = "--rerun-failed",
      description =
          "replay only what fails in the report of --report, and bring that report up to date")
  private boolean rerunFailed;

  @Option(
      names = "--update-expectations",
      paramLabel = "FILE",
      description =
          "rewrite this file of expected differences to what the replay saw, and show the changes;"
              + " it is read as a catalogue as well")
  private @Nullable Path update;

  @Option(names = "--list", description = "only list the fences with what they are, run nothing")
  private boolean list;

  /// Ends the JVM with the command's exit status.
  ///
  /// @param args the command line
  public static void main(String[] args) {
    Runtime.getRuntime().addShutdownHook(new Thread(Main::end, "ends early"));
    System.exit(run(args, utf8(System.out), utf8(System.err)));
  }

  private static void end() {
    Launch.killAll();
    Folders.deleteAll();
  }

  private static PrintWriter utf8(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  /// The command without the exit: returns its status.
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    CommandLine command =
        new CommandLine(new Main())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(out)
            .setErr(err);
    command.setParameterExceptionHandler(
        (e, _) -> {
          err.println("conformance: " + oneLine(e));
          return 2;
        });
    command.setExecutionExceptionHandler(
        (e, _, _) -> {
          if (e instanceof UsageException || e instanceof CatalogueException) {
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
    List<Column.Wanted> wanted = wanted();
    Set<String> failing = failing();
    if (runs < 1 || jobs < 1 || !(timeout > 0)) {
      throw new UsageException("--runs, --jobs and --timeout must be positive");
    }
    Home home = Home.of(System.getenv());
    List<Note> read = Note.read(notes.isEmpty() ? List.of(home.examples()) : notes);
    Path folder = reportFolder();
    Document before = rerunFailed ? before(folder) : null;
    List<Fence> fences = selected(read);
    if (before != null) {
      fences = fences.stream().filter(fence -> before.fails(fence.id())).toList();
    }
    List<Path> more = new ArrayList<>(catalogues);
    if (update != null && Files.exists(update)) {
      more.add(update);
    }
    Catalogue catalogue = Catalogues.with(more);
    List<Column> columns = new ArrayList<>();
    for (Column.Wanted each : wanted) {
      columns.add(
          Column.here(
              each,
              reference,
              bridge == null ? null : words(bridge),
              home,
              columns.isEmpty() ? remarks(read) : List.of()));
    }
    if (list) {
      for (Column column : columns) {
        list(
            columns.size() == 1 ? "" : column.name() + " ",
            new Classifier(column, catalogue, System.getenv()).classify(fences),
            out);
      }
      return 0;
    }
    Matrix matrix =
        replay(
            fences,
            columns,
            catalogue,
            failing,
            home,
            new Progress(
                fences.size() * columns.size(), err, Boolean.getBoolean("javaloop.terminal")));
    Document document = Document.of(matrix);
    if (folder != null) {
      Reports.write(before == null ? document : before.updated(document), folder);
    }
    Progress.summary(matrix, folder, out);
    if (update != null) {
      List<String> changes = ExpectationUpdate.run(matrix, update);
      changes.forEach(out::println);
      out.println(changes.size() + " changes in " + update);
    }
    return matrix.failed() ? 1 : 0;
  }

  /// The last report, for another try of what fails in it.
  private static Document before(@Nullable Path folder) throws IOException {
    if (folder == null) {
      throw new UsageException("--rerun-failed needs the --report whose failures it replays");
    }
    return Document.read(folder.resolve("report.json"));
  }

  private Matrix replay(
      List<Fence> fences,
      List<Column> columns,
      Catalogue catalogue,
      Set<String> failing,
      Home home,
      Progress progress)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    CaseReplay.Options options = new CaseReplay.Options(runs, timeout);
    try (progress;
        Stage stage = new Stage(catalogue, home.cache(), servers, progress::note)) {
      Replay.Settings settings = new Replay.Settings(catalogue, stage, options, jobs);
      List<Replay> replays = new ArrayList<>();
      for (Column column : columns) {
        String name = columns.size() == 1 ? "" : column.name();
        Optional<Replay> without =
            replays.stream()
                .filter(replay -> column.name().equals(replay.column().name() + Column.LEGACY))
                .findFirst();
        replays.add(Replay.run(fences, column, settings, without, progress.of(name)));
      }
      return new Matrix(
          fences, replays, stage.ran(), options, failing, (System.nanoTime() - start) / 1e9);
    }
  }

  /// The columns that are asked for, those without the legacy layer first.
  private List<Column.Wanted> wanted() {
    List<Column.Wanted> wanted = new ArrayList<>();
    for (String name : engines) {
      wanted.add(Column.Wanted.of(name.strip()));
    }
    if (legacy) {
      wanted.addAll(
          wanted.stream().filter(w -> !w.legacy()).map(Column.Wanted::withLegacy).toList());
    }
    if (wanted.stream().map(Column.Wanted::name).distinct().count() < wanted.size()) {
      throw new UsageException("--engine names a column twice: " + String.join(",", engines));
    }
    if (bridge != null && wanted.size() > 1) {
      throw new UsageException("--bridge is one program; name one engine with it");
    }
    return wanted;
  }

  private Set<String> failing() {
    for (String label : failOn) {
      if (!Verdict.LABELS.contains(label)) {
        throw new UsageException(
            "no such verdict: " + label + "; known: " + String.join(", ", Verdict.LABELS));
      }
    }
    return failOn.isEmpty() ? Verdict.FAILING : Set.copyOf(failOn);
  }

  /// What is wrong with notes is said once, by the first column.
  static List<String> remarks(List<Note> notes) {
    return notes.stream().map(Note::remark).filter(remark -> !remark.isEmpty()).toList();
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("picocli did not run this command");
    }
    return spec;
  }

  private static void list(String column, List<Classifier.Classified> all, PrintWriter out) {
    for (Classifier.Classified each : all) {
      String what =
          switch (each.example()) {
            case Example.Script _ -> "script";
            case Example.Session _ -> "session";
            case Example.Skipped(String reason) -> "skipped(" + reason + ")";
            case Example.NotPython(String reason) -> "not-python(" + reason + ")";
          };
      out.println(column + each.fence().id() + "  line " + each.fence().line() + "  " + what);
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

  private static List<String> words(String command) {
    return Files.isExecutable(Path.of(command)) && !Files.isDirectory(Path.of(command))
        ? List.of(Path.of(command).toAbsolutePath().toString())
        : List.of(command.strip().split("\\s+", -1));
  }
}
