package dev.javaloop.bridge.jep;

import dev.javaloop.cpython.PresentCPython;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jep.ClassEnquirer;
import jep.JepConfig;
import jep.JepException;
import jep.MainInterpreter;
import jep.PyConfig;
import jep.SharedInterpreter;
import org.jspecify.annotations.Nullable;

/// The CPython of this process, booted by JEP. There is one, for as long as the process lives.
///
/// Python's code runs on JEP's own thread, which is CPython's main thread: only there
/// `signal.signal` works and `threading.main_thread()` is the current thread. JEP runs nothing
/// there but imports, so what is to run is a module.
final class Interpreter {
  /// JEP makes types that CPython warns of, and `-W error` would be the end. The last `-W` wins.
  private static final String QUIET = "ignore:builtin type PyJ:DeprecationWarning";

  private Interpreter() {}

  /// Starts CPython, and binds Java to it: afterwards Python can import the package `javaloop`.
  ///
  /// @param site the folder with the package `jep` for this CPython and JVM
  /// @param executable the `python` whose environment it is; `sys.executable`
  /// @param words a python's command line without its name, which CPython reads for its flags and
  ///   `sys.argv`
  /// @param flagWords how many of them stand before the program
  /// @param sources the folder with the package `javaloop`, which becomes the last of `sys.path`
  /// @param host what Python gets of Java as `host` of the module `javaloop._by_jep`
  /// @throws JepException where CPython or JEP do not start
  static void start(
      Path site,
      Path executable,
      List<String> words,
      int flagWords,
      Path sources,
      @Nullable Object host)
      throws JepException {
    List<String> argv = new ArrayList<>(words);
    argv.addAll(flagWords, List.of("-W", QUIET));
    argv.addFirst(executable.toString());
    MainInterpreter.setJepLibraryPath(site.resolve("jep/libjep.so").toString());
    MainInterpreter.setInitParams(
        PyConfig.python()
            .setProgramName(executable.toString())
            .setParseArgv(true)
            .setArgv(argv.toArray(String[]::new)));
    SharedInterpreter.setConfig(
        new JepConfig().addIncludePaths(site.toString()).setClassEnquirer(new NoClasses()));
    prepare(sources, host);
    PresentCPython.bind();
  }

  /// Java's classes are not Python's modules: `import com` finds what a python finds.
  private static final class NoClasses implements ClassEnquirer {
    @Override
    public boolean isJavaPackage(String name) {
      return false;
    }

    @Override
    public String[] getClassNames(String packageName) {
      return new String[0];
    }

    @Override
    public String[] getSubPackages(String packageName) {
      return new String[0];
    }
  }

  /// Also takes away what JEP has put in the way of imports.
  private static void prepare(Path sources, @Nullable Object host) throws JepException {
    try (SharedInterpreter python = new SharedInterpreter()) {
      python.set("host", host);
      python.set("sources", sources.toString());
      python.set("quiet", QUIET);
      python.exec(
          """
          import sys, types, warnings
          sys.modules["javaloop._by_jep"] = types.SimpleNamespace(host=host)
          sys.path[-1] = sources  # JEP's own, which it has imported
          sys.meta_path[:] = [
              each for each in sys.meta_path if not type(each).__module__.startswith("jep.")
          ]
          sys.warnoptions.remove(quiet)
          del warnings.filters[0]
          warnings._filters_mutated()
          at = sys.orig_argv.index(quiet)
          del sys.orig_argv[at - 1 : at + 1]
          """);
    }
  }

  /// Imports a module on CPython's main thread and waits for its end.
  ///
  /// @throws JepException what the import raised; a SystemExit would end the JVM
  static void importOnMainThread(String module) throws JepException {
    try {
      Method main = MainInterpreter.class.getDeclaredMethod("getMainInterpreter");
      main.setAccessible(true);
      ((MainInterpreter) main.invoke(null)).sharedImport(module);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("CPython did not start", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this is not JEP 4.3", e);
    }
  }
}
