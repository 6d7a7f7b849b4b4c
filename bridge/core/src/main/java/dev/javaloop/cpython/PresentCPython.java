package dev.javaloop.cpython;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;

/// A CPython that somebody else has booted in this JVM, and calls Java on threads of its own
/// without the GIL. For an [Interpreter.Bootstrap].
public final class PresentCPython {
  private PresentCPython() {}

  /// Binds Java to it, once: afterwards Python can import the package `javaloop`.
  public static void bind() {
    long dlsym = Linker.nativeLinker().defaultLookup().findOrThrow("dlsym").address();
    Symbols.use(dlsym);
    withGil(() -> Boot.bind(dlsym));
  }

  /// Runs something with the GIL held.
  public static void withGil(Runnable work) {
    try {
      int state =
          (int)
              Symbols.function("PyGILState_Ensure", FunctionDescriptor.of(JAVA_INT)).invokeExact();
      try {
        work.run();
      } finally {
        Symbols.function("PyGILState_Release", FunctionDescriptor.ofVoid(JAVA_INT))
            .invokeExact(state);
      }
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }
}
