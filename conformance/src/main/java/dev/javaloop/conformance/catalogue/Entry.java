package dev.javaloop.conformance.catalogue;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a case needs that its text does not have.
///
/// @param packages names of package sets
/// @param services where the case thinks that a server is (`host:port`) and which one stands there
/// @param prelude Python that runs before the case in its namespace
/// @param session whether the case is a cell of a notebook: `await` works outside of functions
/// @param stdin what is typed; nothing if absent
/// @param limit time limit in seconds, instead of the command's
/// @param python versions that can have it, as `>=3.11` or `<3.12`; all if absent
/// @param file the file's name, for cases that import themselves
/// @param serve what to do with a case that serves until it is stopped
/// @param display whether it opens windows
/// @param timing whether its time is compared
public record Entry(
    List<String> packages,
    Map<String, String> services,
    @Nullable String prelude,
    boolean session,
    @Nullable String stdin,
    @Nullable Double limit,
    @Nullable String python,
    @Nullable String file,
    @Nullable Serve serve,
    boolean display,
    boolean timing) {

  /// Of a case that nothing is known of.
  public static final Entry NONE =
      new Entry(List.of(), Map.of(), null, false, null, null, null, null, null, false, true);

  /// A server that is asked and then stopped by Ctrl-C.
  ///
  /// @param port where it listens, as its text says
  /// @param ask one after the other
  public record Serve(int port, List<Ask> ask) {}

  /// A request over HTTP.
  ///
  /// @param together how many clients send it at once
  public record Ask(String path, String method, @Nullable String body, int together) {}

  /// Whether anything is known: then the catalogue says what the case needs, and nobody guesses.
  public boolean known() {
    return !equals(NONE);
  }

  /// Whether a version of Python (`3.12.1`) can have the case.
  public boolean suits(String version) {
    if (python == null) {
      return true;
    }
    int compared = Version.compare(version, python.replaceAll("^[<>=]+", ""));
    return python.startsWith(">=")
        ? compared >= 0
        : python.startsWith("<=")
            ? compared <= 0
            : python.startsWith("<") ? compared < 0 : compared > 0;
  }
}
