package dev.javaloop.cpython;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A CPython that this JVM can run: it has been asked what it is.
///
/// @param executable the `python` whose environment it is: `sys.executable`
/// @param library its shared library
public record Installation(Path executable, Path library) {
  /// Prints a line for each fact. A library that is there but not where the build says belongs to a
  /// CPython that was moved, or to one of Debian's packages.
  private static final String QUESTION =
      """
      import os, sys, sysconfig
      get = sysconfig.get_config_var
      version = "%d.%d" % sys.version_info[:2]
      names = [get("INSTSONAME") or "", "libpython%s%s.so.1.0" % (version, sys.abiflags)]
      folders = [get("LIBDIR"), os.path.join(get("LIBDIR") or "", get("MULTIARCH") or ""),
                 os.path.join(sys.base_prefix, "lib"), get("LIBPL")]
      files = [os.path.join(f, n) for n in names if ".so" in n for f in folders if f]
      print(sys.implementation.name)
      print(version)
      print(sys.executable)
      print(int(bool(get("Py_GIL_DISABLED"))))
      print(next((f for f in files if os.path.isfile(f)), ""))
      """;

  private static final int OLDEST = 10;
  private static final int NEWEST = 14;

  /// Asks an interpreter, which runs once for it.
  ///
  /// @param python an interpreter or the folder of a virtual environment; null: `python3`
  /// @throws IllegalStateException where there is none, or it cannot run in a JVM: one line
  public static Installation find(@Nullable Path python) {
    String command = "python3";
    if (python != null) {
      Path given = Files.isDirectory(python) ? python.resolve("bin/python") : python;
      command = given.toAbsolutePath().toString();
    }
    List<String> facts = ask(command);
    if (facts.size() < 5) {
      throw new IllegalStateException(
          "no Python interpreter or virtual environment at '" + command + "': it does not answer");
    }
    String what = facts.get(2) + " is " + facts.get(0) + " " + facts.get(1);
    if (!facts.get(0).equals("cpython") || !isSupported(facts.get(1))) {
      throw new IllegalStateException(
          what + "; CPython 3." + OLDEST + " to 3." + NEWEST + " is supported");
    }
    if (facts.get(3).equals("1")) {
      throw new IllegalStateException(
          what + ", a free-threaded build, which is not supported; use the ordinary one");
    }
    if (facts.get(4).isEmpty()) {
      throw new IllegalStateException(
          "%s without its shared library, which a JVM needs: on Debian and Ubuntu install libpython%s,"
                  .formatted(what, facts.get(1))
              + " else build Python with --enable-shared");
    }
    return new Installation(Path.of(facts.get(2)), Path.of(facts.get(4)));
  }

  private static boolean isSupported(String version) {
    int dot = version.indexOf('.');
    int minor = Integer.parseInt(version.substring(dot + 1));
    return version.startsWith("3.") && minor >= OLDEST && minor <= NEWEST;
  }

  private static List<String> ask(String command) {
    try {
      Process process =
          new ProcessBuilder(command, "-I", "-S", "-c", QUESTION)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? List.of(answer.split("\n", -1)) : List.of();
    } catch (IOException e) {
      throw new IllegalStateException(
          "no Python interpreter or virtual environment at '" + command + "'", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + command + " was asked what it is", e);
    }
  }
}
