package dev.javaloop.conformance;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Takes one kind of accident out of the output. Used only where it is needed, and named on each
/// case that needed it.
///
/// Applied in the order of declaration.
enum Normaliser {
  /// Frames of a traceback: the frames inside the library are each interpreter's own. What was
  /// raised stays.
  TRACEBACK_LINE {
    @Override
    List<String> apply(List<String> lines, Run run) {
      List<String> kept = new ArrayList<>();
      boolean inTraceback = false;
      for (String line : lines) {
        boolean frame = FRAME.matcher(line).matches();
        inTraceback |= frame || line.endsWith(TRACEBACK);
        // Below a frame stand its source and its carets, indented deeper; a line that is not
        // indented ends it.
        if (inTraceback && !frame && !INDENTED.matcher(line).matches()) {
          inTraceback = line.endsWith(TRACEBACK);
          kept.add(line);
        } else if (!inTraceback) {
          kept.add(line);
        }
      }
      return kept;
    }
  },

  /// What a traceback adds to a message to help a person: `Did you mean: 'x'?`.
  HINT {
    @Override
    String apply(String line, Run run) {
      return SUGGESTION.matcher(line).replaceAll("");
    }
  },

  /// Where files lie: the working directory, the interpreter's library, and line numbers inside the
  /// latter.
  PATH {
    @Override
    String apply(String line, Run run) {
      String local = run.directory().isEmpty() ? line : line.replace(run.directory() + "/", "");
      Matcher library = LIBRARY_LINE.matcher(local);
      return ABSOLUTE.matcher(library.replaceAll("<path>/$1:<line>")).replaceAll("<path>/$1");
    }
  },

  /// Addresses of objects in `repr`.
  ADDRESS {
    @Override
    String apply(String line, Run run) {
      return HEX.matcher(line).replaceAll("0x<address>");
    }
  },

  /// Identifiers of threads and processes.
  THREAD_ID {
    @Override
    String apply(String line, Run run) {
      return THREAD.matcher(line).replaceAll("$1<id>");
    }
  },

  /// A number with a unit of time behind it, or with a word for time before it.
  DURATION {
    @Override
    String apply(String line, Run run) {
      String withUnit = WITH_UNIT.matcher(line).replaceAll("<duration>$1");
      return AFTER_WORD.matcher(withUnit).replaceAll("$1<duration>");
    }
  },

  /// Whether a pool's thread has begun with a job that was just submitted, which is a race that
  /// CPython mostly wins.
  FUTURE_STATE {
    @Override
    String apply(String line, Run run) {
      return UNFINISHED.matcher(line).replaceAll("$1<unfinished>");
    }
  },

  /// The order in which a set of objects prints, which depends on their addresses.
  SET_ORDER {
    @Override
    String apply(String line, Run run) {
      return SET.matcher(line)
          .replaceAll(
              set -> {
                List<String> items =
                    new ArrayList<>(List.of(set.group(1).split("(?<=>), (?=<)", -1)));
                Collections.sort(items);
                return Matcher.quoteReplacement("{" + String.join(", ", items) + "}");
              });
    }
  },

  /// Numbers in the names of tasks, of a server that is asked several things at once: who is served
  /// first is for the network to say.
  TASK_NUMBER {
    @Override
    String apply(String line, Run run) {
      return TASK.matcher(line).replaceAll("Task-<number>");
    }
  },

  /// The order of lines that arrive together, in scripts that start threads: whose turn it is among
  /// threads that wake at the same time is for the operating system to say. Comes last.
  THREAD_ORDER {
    @Override
    List<String> apply(List<String> lines, Run run) {
      List<Long> times = run.lineMillis();
      if (times.size() != lines.size()) {
        return lines;
      }
      List<String> result = new ArrayList<>(lines);
      int from = 0;
      for (int i = 1; i <= lines.size(); i++) {
        if (i == lines.size() || times.get(i) - times.get(i - 1) > TOGETHER_MILLIS) {
          Collections.sort(result.subList(from, i));
          from = i;
        }
      }
      return result;
    }
  };

  private static final long TOGETHER_MILLIS = 200;
  private static final Pattern STARTS_THREADS =
      Pattern.compile(
          "\\b(?:Thread|ThreadPoolExecutor|ProcessPoolExecutor|to_thread|run_in_executor|Pool)\\(");

  /// Those that may be tried on a script's output.
  ///
  /// @param serves whether it is a server
  static Set<Normaliser> of(String script, boolean serves) {
    Set<Normaliser> all = EnumSet.allOf(Normaliser.class);
    if (!serves) {
      all.remove(TASK_NUMBER);
    }
    if (!STARTS_THREADS.matcher(script).find()) {
      all.remove(THREAD_ORDER);
    }
    return all;
  }

  private static final String TRACEBACK = "Traceback (most recent call last):";
  private static final Pattern FRAME = Pattern.compile("[\\s|+-]*File \".*\", line \\d+.*");
  private static final Pattern INDENTED = Pattern.compile("(?:\\s*\\|)?\\s{2,}[^|+\\s].*");
  private static final Pattern SUGGESTION =
      Pattern.compile("\\. Did you (?:mean|forget to import):? '[^']*'\\??(?: Or did you .*)?$");
  private static final Pattern LIBRARY_LINE =
      Pattern.compile("(?:/[^\\s'\"<>:(),]+)+/([^\\s'\"<>:(),/]+\\.py):\\d+");
  private static final Pattern ABSOLUTE =
      Pattern.compile("(?<![\\w/:])/(?:[^\\s'\"<>:(),/]+/)+([^\\s'\"<>:(),/]+)");
  private static final Pattern HEX = Pattern.compile("(?<=\\bat )0x[0-9a-fA-F]+|0x[0-9a-fA-F]{4,}");
  private static final Pattern UNFINISHED =
      Pattern.compile("(<Future at \\S+ state=)(?:running|pending)");
  private static final Pattern THREAD =
      Pattern.compile(
          "(?i)\\b(started(?: daemon)? |(?:thread[ _]?id|ident|pid|native_id)\\W{1,3})\\d+");
  private static final String NUMBER = "\\d+(?:\\.\\d+)?(?:e-?\\d+)?";
  private static final Pattern WITH_UNIT =
      Pattern.compile(
          "(?<![\\w.])" + NUMBER + "(\\s*(?:seconds?|secs?|ms|s|milliseconds?|秒|毫秒)(?![a-zA-Z]))");
  private static final Pattern AFTER_WORD =
      Pattern.compile(
          "(?i)((?:took|elapsed|duration|runtime|耗时|用时|耗費|时间)[^\\d\\n"
              + "]{0,12})\\d+\\.\\d+(?:e-?\\d+)?");
  private static final Pattern TASK = Pattern.compile("\\bTask-\\d+");
  private static final Pattern SET = Pattern.compile("\\{(<[^{}]*>)}");

  /// The name in reports.
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String apply(String line, Run run) {
    return line;
  }

  List<String> apply(List<String> lines, Run run) {
    return lines.stream().map(line -> apply(line, run)).toList();
  }

  /// The lines after all of these normalisers.
  static List<String> applyAll(Set<Normaliser> normalisers, List<String> lines, Run run) {
    List<String> result = lines;
    for (Normaliser normaliser : values()) {
      if (normalisers.contains(normaliser)) {
        result = normaliser.apply(result, run);
      }
    }
    return result;
  }
}
