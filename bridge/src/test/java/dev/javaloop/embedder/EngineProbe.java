package dev.javaloop.embedder;

import org.graalvm.polyglot.Context;

/// GraalPy as it is, without the bridge. Prints which of the bugs it has, or makes its compiler
/// work.
public final class EngineProbe {
  private EngineProbe() {}

  public static void main(String[] arguments) {
    try (Context context =
        Context.newBuilder("python")
            .allowAllAccess(true)
            .option("python.PosixModuleBackend", "native")
            .option("engine.WarnInterpreterOnly", "false")
            .build()) {
      context.getBindings("python").putMember("folder", arguments[0]);
      context.eval(
          "python",
          """
          import sys
          sys.path.insert(0, folder)
          import engine_bugs
          import hot
          def report():
              for name in engine_bugs.NAMES:
                  print("bug", *engine_bugs.report([name]), flush=True)
          """);
      context.eval("python", arguments[1]);
    }
  }
}
