package dev.javaloop.cpython;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.javaloop.cpython.Builtins.Convention;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandles;

/// Binds this JVM to the CPython of its process. Either of them may have been there first; there is
/// one binding, for as long as the process lives.
public final class Boot {
  private Boot() {}

  /// Makes the module `_javaloop`, by which Python reaches Java. Called through JNI by
  /// `javaloop._engines.cpython.jvm`, on a thread that holds the GIL. Where it fails, a Python
  /// exception is set.
  ///
  /// @param dlsym the address of the C library's function
  static void fromPython(long dlsym) {
    try {
      bind(dlsym);
    } catch (Throwable e) {
      Failures.set(e);
    }
  }

  /// @param dlsym the address of the C library's function
  static void bind(long dlsym) {
    Symbols.use(dlsym);
    long module = PyObjects.checked(CApi.addModule(Memory.cString("_javaloop")));
    Builtins builtins = new Builtins(MethodHandles.lookup());
    builtins.addFunction(
        module,
        "install_loop($module, type, probe, plain, /)",
        Convention.POSITIONAL,
        "installLoop");
    builtins.addFunction(
        module,
        "install_transport($module, type, probe, closed_socket, plain, /)",
        Convention.POSITIONAL,
        "installTransport");
    builtins.addFunction(module, "keep_threads($module, /)", Convention.NONE, "keepThreads");
    builtins.addFunction(module, "exit_java($module, status, /)", Convention.ONE, "exitJava");
    builtins.addFunction(module, "run_main($module, /)", Convention.NONE, "runMain");
  }

  /// Ends the process by the JVM's own way, which Python's end does without: at the end of a
  /// training run the JVM writes its start-up cache.
  static long exitJava(long unusedModule, long status) {
    System.exit((int) CApi.intValue(status));
    return PyObjects.none();
  }

  /// Runs what CPython's command line names, as the main function of a python does, and ends the
  /// process. For who has booted CPython with a command line.
  static long runMain(long unusedModule, long unused) {
    try {
      int status =
          (int) Symbols.function("Py_RunMain", FunctionDescriptor.of(JAVA_INT)).invokeExact();
      // CPython is finalised: there is no way back. Mostly it ends the process by itself.
      Symbols.function("exit", FunctionDescriptor.ofVoid(JAVA_INT)).invokeExact(status);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
    throw new AssertionError("exit returned");
  }

  /// Called at the end of the program: see [ThreadEnds].
  static long keepThreads(long unusedModule, long unused) {
    ThreadEnds.keep();
    return PyObjects.none();
  }

  /// Initialises classes whose initializers call Python, before Python's threads can come to them.
  ///
  /// Python code may give the GIL to another thread. If that needed a class whose initializer is
  /// not at its end, it would wait for it and keep the GIL, and both would wait for ever. So each
  /// such class is named in a call of this, which runs while there is one way only into it.
  ///
  /// @param lookup of a class that can see them
  static void initialize(MethodHandles.Lookup lookup, Class<?>... classes) {
    try {
      for (Class<?> each : classes) {
        lookup.ensureInitialized(each);
      }
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static long installTransport(long unusedModule, long arguments, long count) {
    if (count != 4) {
      return Failures.typeError(
          "install_transport takes a class, its probe, a closed socket and the plain ways");
    }
    SocketTransports.install(
        Memory.word(arguments),
        Memory.word(arguments + 8),
        Memory.word(arguments + 16),
        Memory.word(arguments + 24));
    return PyObjects.none();
  }

  static long installLoop(long unusedModule, long arguments, long count) {
    if (count != 3) {
      return Failures.typeError("install_loop takes a class, its probe and the plain ways");
    }
    LoopMethods.install(
        Memory.word(arguments), Memory.word(arguments + 8), Memory.word(arguments + 16));
    return PyObjects.none();
  }
}
