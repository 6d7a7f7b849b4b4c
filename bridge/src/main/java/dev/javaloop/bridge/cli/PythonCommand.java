package dev.javaloop.bridge.cli;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A command line read as CPython reads its own, with javaloop's options in front.
///
/// @param kind what to run: `file`, `module`, `command`, `stdin`, `repl` or `help`
/// @param target the path, module or code
/// @param arguments `sys.argv`
/// @param options GraalPy's context options that the flags stand for
/// @param ignoreEnvironment whether the `PYTHON*` variables are to be ignored
/// @param stockLoop whether asyncio keeps its own loop
/// @param aliasUvloop whether `import uvloop` gives our loops
/// @param legacy whether asyncio has what it had in Python 3.9
/// @param statistics whether to print Java's counters at the end
/// @param mode `latency` or `throughput`: how the JIT compiles
/// @param optimize how often `-O` was given
/// @param extended the values of `-X`, in their order
/// @param version how to answer `-V`: 0 not, 1 short, 2 with the build
record PythonCommand(
    String kind,
    String target,
    List<String> arguments,
    Map<String, String> options,
    boolean ignoreEnvironment,
    boolean stockLoop,
    boolean aliasUvloop,
    boolean legacy,
    boolean statistics,
    String mode,
    int optimize,
    List<String> extended,
    int version) {

  /// The words could not be read; the message is for the user.
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  /// Whether development mode is on, by `-X dev` or the environment.
  boolean developmentMode(Map<String, String> environment) {
    return extended.contains("dev")
        || (!ignoreEnvironment && !environment.getOrDefault("PYTHONDEVMODE", "").isEmpty());
  }

  static PythonCommand parse(List<String> words, boolean terminal) throws UsageException {
    return new Parser(words).parse(terminal);
  }

  private static final class Parser {
    private final Iterator<String> words;
    private final Map<String, String> options = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();
    private final List<String> arguments = new ArrayList<>();
    private boolean ignoreEnvironment;
    private boolean stockLoop;
    private boolean aliasUvloop;
    private boolean legacy;
    private boolean statistics;
    private boolean interactive;
    private String mode = "latency";
    private final List<String> extended = new ArrayList<>();
    private int optimize;
    private int version;
    private String kind = "";
    private String target = "";

    Parser(List<String> words) {
      this.words = words.iterator();
    }

    PythonCommand parse(boolean terminal) throws UsageException {
      while (kind.isEmpty() && words.hasNext()) {
        String word = words.next();
        if (word.startsWith("--")) {
          longOption(word);
        } else if (word.startsWith("-") && word.length() > 1) {
          cluster(word);
        } else {
          kind = word.equals("-") ? "stdin" : "file";
          target = word.equals("-") ? "" : word;
          arguments.add(word);
        }
      }
      words.forEachRemaining(arguments::add);
      if (kind.isEmpty()) {
        kind = terminal || interactive ? "repl" : "stdin";
        arguments.add("");
      }
      if (!warnings.isEmpty()) {
        options.put("python.WarnOptions", String.join(",", warnings));
      }
      return new PythonCommand(
          kind,
          target,
          List.copyOf(arguments),
          Map.copyOf(options),
          ignoreEnvironment,
          stockLoop,
          aliasUvloop,
          legacy,
          statistics,
          mode,
          optimize,
          List.copyOf(extended),
          version);
    }

    private void longOption(String word) throws UsageException {
      int equals = word.indexOf('=');
      String name = name(word);
      switch (name) {
        case "--stock-loop" -> stockLoop = true;
        case "--alias-uvloop" -> aliasUvloop = true;
        case "--legacy" -> legacy = true;
        case "--stats" -> statistics = true;
        case "--mode" -> mode = oneOf(name, value(name, word, equals), "latency", "throughput");
        case "--engine" -> oneOf(name, value(name, word, equals), "graalpy", "cpython", "jep");
        case "--python" -> value(name, word, equals);
        case "--help" -> help();
        case "--version" -> version = 1;
        case "--check-hash-based-pycs" ->
            options.put(
                "python.CheckHashPycsMode",
                oneOf(name, value(name, word, equals), "default", "always", "never"));
        default -> throw new UsageException("unknown option " + word);
      }
    }

    private static String name(String word) {
      int equals = word.startsWith("--") ? word.indexOf('=') : -1;
      return equals < 0 ? word : word.substring(0, equals);
    }

    private String value(String name, String word, int equals) throws UsageException {
      return equals >= 0 ? word.substring(equals + 1) : next(name);
    }

    private String next(String name) throws UsageException {
      if (!words.hasNext()) {
        throw new UsageException("option " + name + " needs a value");
      }
      return words.next();
    }

    private static String oneOf(String name, String value, String... known) throws UsageException {
      if (!List.of(known).contains(value)) {
        throw new UsageException(
            "option " + name + " takes " + String.join(" or ", known) + ", not '" + value + "'");
      }
      return value;
    }

    /// Flags may be joined (`-uc CODE`), and a value may follow its letter (`-cCODE`).
    private void cluster(String word) throws UsageException {
      for (int i = 1; i < word.length(); i++) {
        char flag = word.charAt(i);
        if ("cmWX".indexOf(flag) >= 0) {
          String rest = word.substring(i + 1);
          valued(flag, rest.isEmpty() ? next("-" + flag) : rest);
          return;
        }
        plain(flag);
      }
    }

    private void valued(char flag, String value) {
      switch (flag) {
        case 'c' -> program("command", "-c", value);
        case 'm' -> program("module", "-m", value);
        case 'W' -> warnings.add(value);
        default -> extend(value);
      }
    }

    private void program(String as, String argument, String value) {
      kind = as;
      target = value;
      arguments.add(argument);
    }

    /// `-X`: CPython, too, lets unknown names pass.
    private void extend(String value) {
      extended.add(value);
      if (value.startsWith("int_max_str_digits=")) {
        options.put("python.IntMaxStrDigits", value.substring(value.indexOf('=') + 1));
      } else if (value.equals("warn_default_encoding")) {
        options.put("python.WarnDefaultEncodingFlag", "true");
      } else if (value.startsWith("pycache_prefix=")) {
        options.put("python.PyCachePrefix", value.substring(value.indexOf('=') + 1));
      }
    }

    private void plain(char flag) throws UsageException {
      switch (flag) {
        case 'h', '?' -> help();
        case 'B' -> on("DontWriteBytecodeFlag");
        case 'E' -> ignoreEnvironment();
        case 'I' -> {
          ignoreEnvironment();
          on("NoUserSiteFlag");
          on("IsolateFlag");
          on("SafePathFlag");
        }
        case 'O' -> {
          optimize++;
          on("PythonOptimizeFlag");
        }
        case 'P' -> on("SafePathFlag");
        case 'S' -> on("NoSiteFlag");
        case 'V' -> version++;
        case 'i' -> {
          interactive = true;
          on("InspectFlag");
        }
        case 'q' -> on("QuietFlag");
        case 's' -> on("NoUserSiteFlag");
        case 'u' -> on("UnbufferedIO");
        case 'v' -> on("VerboseFlag");
        case 'b', 'd', 'R', 't', 'x' -> {
          // CPython's, without a meaning on this engine.
        }
        default -> throw new UsageException("unknown option -" + flag);
      }
    }

    private void help() {
      kind = "help";
    }

    private void ignoreEnvironment() {
      ignoreEnvironment = true;
      on("IgnoreEnvironmentFlag");
    }

    private void on(String option) {
      options.put("python." + option, "true");
    }
  }
}
