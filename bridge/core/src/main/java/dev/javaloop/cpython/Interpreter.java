package dev.javaloop.cpython;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.javaloop.spi.Guest;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The CPython that Java has booted in this process. There is one, for as long as the process
/// lives.
///
/// A thread of its own boots it and is CPython's main thread for good: only there Python can set
/// signal handlers, and `threading.main_thread()` is the current thread. It waits without the GIL
/// for what is to run there. CPython is never finalised: the JVM's end ends the process, and what
/// Python does then is abandoned, as a python abandons its daemon threads. So Python's `atexit`
/// functions do not run.
public final class Interpreter {
  /// What a python's main thread has by default is 8 MiB; the JVM takes guard pages off it.
  private static final long STACK_BYTES = 16L << 20;

  private static final int RTLD_NOW_GLOBAL = 0x102;

  private static @Nullable Interpreter booted;

  private final Installation installation;
  private final BlockingQueue<Consumer<Guest<PyRef>>> waiting = new LinkedBlockingQueue<>();
  private final CompletableFuture<Boolean> started = new CompletableFuture<>();
  private final Thread thread;

  private Interpreter(Installation installation, Path sources) {
    this.installation = installation;
    thread = new Thread(null, () -> run(sources), "javaloop-python-idle", STACK_BYTES);
    thread.setDaemon(true);
  }

  /// The interpreter of this process, booted if there is none yet. Any thread; it waits until
  /// Python runs.
  ///
  /// @param sources the folder that holds the package `javaloop`
  /// @throws IllegalStateException where another one is booted, or this one does not start
  public static Interpreter start(Installation installation, Path sources) {
    Interpreter interpreter;
    synchronized (Interpreter.class) {
      if (booted == null) {
        booted = new Interpreter(installation, sources);
        booted.thread.start();
      }
      interpreter = booted;
    }
    if (!interpreter.installation.equals(installation)) {
      throw new IllegalStateException(
          "this process runs %s for its life; it cannot run %s as well"
              .formatted(interpreter.installation.executable(), installation.executable()));
    }
    try {
      interpreter.started.join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalStateException(
          installation.executable() + " did not start in the JVM: " + cause.getMessage(), cause);
    }
    return interpreter;
  }

  /// Has something run on CPython's main thread, after what was given before. Any thread. What it
  /// throws ends nothing: the thread's handler of uncaught exceptions gets it.
  public void execute(Consumer<Guest<PyRef>> work) {
    waiting.add(work);
  }

  /// CPython's main thread.
  public Thread thread() {
    return thread;
  }

  /// Has each loop that waits run the handlers of signals that have arrived. Any thread.
  public void wakeLoops() {
    LoopFields.wakeAll();
  }

  // --- CPython's main thread

  private void run(Path sources) {
    CPythonGuest guest;
    try {
      boot(installation);
      guest = prepare(sources);
    } catch (Throwable e) {
      started.completeExceptionally(e);
      return;
    }
    started.complete(true);
    while (true) {
      LostReferences.drop();
      Consumer<Guest<PyRef>> work = await();
      try {
        work.accept(guest);
      } catch (Throwable e) {
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      }
    }
  }

  private Consumer<Guest<PyRef>> await() {
    long state = CApi.saveThread();
    try {
      while (true) {
        try {
          return waiting.take();
        } catch (InterruptedException _) {
          // Meant for what the thread did before.
        }
      }
    } finally {
      CApi.restoreThread(state);
    }
  }

  // Restricted: it loads native code, which is its purpose.
  @SuppressWarnings("restricted")
  private static void boot(Installation installation) throws Throwable {
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

  private static CPythonGuest prepare(Path sources) {
    // The guest's classes import from there.
    long sys = PyObjects.importModule("sys");
    long path = Names.attribute(sys, "path");
    long folder = Texts.newText(sources.toAbsolutePath().toString());
    References.drop(PyObjects.callMethod(path, "append", folder));
    References.drop(folder);
    References.drop(path);
    References.drop(sys);
    CPythonGuest guest = new CPythonGuest();
    PyRef prepare = guest.find("javaloop._engines.cpython.embed", "prepare");
    guest.release(guest.call(prepare));
    return guest;
  }
}
