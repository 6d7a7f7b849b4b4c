package dev.javaloop.cpython;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Loads CPython's shared library, and initialises it on the calling thread.
record FfmBootstrap(Installation installation) implements Interpreter.Bootstrap {
  private static final int RTLD_NOW_GLOBAL = 0x102;

  @Override
  public String name() {
    return installation.executable().toString();
  }

  @Override
  public void boot(Runnable main) throws Exception {
    try {
      load(installation);
    } catch (Throwable e) {
      throw e instanceof Exception thrown ? thrown : new IllegalStateException(e);
    }
    main.run();
  }

  // Restricted: it loads native code, which is its purpose.
  @SuppressWarnings("restricted")
  private static void load(Installation installation) throws Throwable {
    Linker linker = Linker.nativeLinker();
    MemorySegment dlsym = linker.defaultLookup().findOrThrow("dlsym");
    MethodHandle find =
        linker.downcallHandle(dlsym, FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment present =
          (MemorySegment)
              find.invokeExact(MemorySegment.NULL, arena.allocateFrom("Py_IsInitialized"));
      if (present.address() != 0) {
        throw new IllegalStateException(
            "there is a CPython in this process already, and a second one has no place");
      }
      MethodHandle open =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("dlopen"),
              FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
      String file = installation.library().toString();
      MemorySegment library =
          (MemorySegment) open.invokeExact(arena.allocateFrom(file), RTLD_NOW_GLOBAL);
      if (library.address() == 0) {
        throw new IllegalStateException(file + " cannot be loaded: " + loadError(linker));
      }
    }
    Symbols.use(dlsym.address());
    if (usesUtf8Mode()) {
      Memory.setInt(Symbols.require("Py_UTF8Mode"), 1);
    }
    // CPython keeps the address. It finds its environment by this name.
    MemorySegment name =
        Arena.global()
            .allocateFrom(JAVA_INT, (installation.executable() + "\0").codePoints().toArray());
    Symbols.function("Py_SetProgramName", FunctionDescriptor.ofVoid(ADDRESS)).invokeExact(name);
    // 0: without handlers of signals, which stay the JVM's.
    Symbols.function("Py_InitializeEx", FunctionDescriptor.ofVoid(JAVA_INT)).invokeExact(0);
    Boot.bind(dlsym.address());
  }

  @SuppressWarnings("restricted")
  private static String loadError(Linker linker) throws Throwable {
    MethodHandle error =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("dlerror"), FunctionDescriptor.of(ADDRESS));
    MemorySegment text = (MemorySegment) error.invokeExact();
    return text.address() == 0 ? "?" : text.reinterpret(Long.MAX_VALUE).getString(0);
  }

  /// By the rules of PEP 540, which CPython applies only where it reads its own command line.
  private static boolean usesUtf8Mode() {
    String asked = System.getenv("PYTHONUTF8");
    if (asked != null && !asked.isEmpty()) {
      return asked.equals("1");
    }
    for (String name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
      String locale = System.getenv(name);
      if (locale != null && !locale.isEmpty()) {
        return locale.equals("C") || locale.equals("POSIX");
      }
    }
    return true;
  }
}
