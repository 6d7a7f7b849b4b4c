package dev.javaloop.bridge.graalpy;

import dev.javaloop.bridge.embed.PythonSources;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.PolyglotAccess;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.io.IOAccess;

/// Makes GraalPy contexts that the loop can work in: native descriptors, threads, subprocesses, and
/// of Java only [GraalPyHost].
public final class GraalPyContext {
  /// The exported methods of this package, and arrays of numbers.
  private static final HostAccess HOST_ACCESS = hostAccess();

  private static final String POSIX_BACKEND = "python.PosixModuleBackend";

  private GraalPyContext() {}

  private static HostAccess hostAccess() {
    HostAccess.Builder builder = HostAccess.newBuilder(HostAccess.EXPLICIT).allowArrayAccess(true);
    if (GraalPyContext.class.getModule().isNamed()) {
      builder.useModuleLookup(MethodHandles.lookup()); // the package is not exported
    }
    return builder.build();
  }

  /// A builder with what every engine needs; the caller adds arguments and streams.
  ///
  /// @throws IllegalArgumentException for a posix backend whose numbers are not descriptors
  public static Context.Builder builder(Map<String, String> options, List<String> arguments) {
    String backend = options.getOrDefault(POSIX_BACKEND, "native");
    if (!backend.equals("native")) {
      throw new IllegalArgumentException(
          POSIX_BACKEND
              + "="
              + backend
              + ": the numbers of that backend are not the system's descriptors, which the loop"
              + " watches; leave it native");
    }
    Context.Builder builder =
        Context.newBuilder("python")
            .allowExperimentalOptions(true)
            .allowHostAccess(HOST_ACCESS)
            .allowPolyglotAccess(PolyglotAccess.ALL)
            .allowIO(IOAccess.ALL)
            .allowNativeAccess(true)
            .allowCreateThread(true)
            .allowCreateProcess(true)
            .allowEnvironmentAccess(org.graalvm.polyglot.EnvironmentAccess.INHERIT)
            .arguments("python", arguments.toArray(String[]::new))
            .option(POSIX_BACKEND, "native")
            .option("python.WarnExperimentalFeatures", "false")
            .option(
                "log.python.com.oracle.graal.python.runtime.PythonContext.level",
                "SEVERE") // streams: HostStream does them
            .option("engine.WarnInterpreterOnly", "false");
    Path home = PythonSources.prepared("home");
    if (home != null) {
      builder.option("python.PythonHome", home.toString());
    }
    options.forEach(builder::option);
    return builder;
  }

  /// Makes `import javaloop` work in the context.
  public static Value prepare(Context context) {
    return prepare(context, new GraalPyHost());
  }

  static Value prepare(Context context, GraalPyHost host) {
    context.getPolyglotBindings().putMember("javaloop.host", host);
    Value path = context.eval("python", "import sys; sys.path");
    path.invokeMember(
        "append", PythonSources.directory(PythonSources.prepared("python")).toString());
    return path;
  }
}
