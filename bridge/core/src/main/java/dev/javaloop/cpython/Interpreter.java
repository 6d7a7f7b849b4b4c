package dev.javaloop.cpython;

import dev.javaloop.spi.Guest;
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

  private static @Nullable Interpreter booted;

  /// How CPython comes into this process.
  public interface Bootstrap {
    /// What it boots, for messages; two that are equal boot the same.
    String name();

    /// Boots CPython and calls `main` on CPython's main thread. It is called on a thread that can
    /// be that one.
    ///
    /// @param main for a thread that holds the GIL; it does not return, unless Python does not
    ///   start
    void boot(Runnable main) throws Exception;
  }

  private final String name;
  private final BlockingQueue<Consumer<Guest<PyRef>>> waiting = new LinkedBlockingQueue<>();
  private final CompletableFuture<Thread> started = new CompletableFuture<>();

  private Interpreter(String name) {
    this.name = name;
  }

  /// The interpreter of this process, booted by FFM if there is none yet. Any thread; it waits
  /// until Python runs.
  ///
  /// @param sources the folder that holds the package `javaloop`
  /// @throws IllegalStateException where another one is booted, or this one does not start
  public static Interpreter start(Installation installation, Path sources) {
    return start(new FfmBootstrap(installation), sources);
  }

  /// The same for one that comes in another way.
  public static Interpreter start(Bootstrap bootstrap, Path sources) {
    Interpreter interpreter;
    synchronized (Interpreter.class) {
      if (booted == null) {
        Interpreter starting = new Interpreter(bootstrap.name());
        booted = starting;
        Thread thread =
            new Thread(null, () -> starting.boot(bootstrap, sources), "javaloop-boot", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
      }
      interpreter = booted;
    }
    if (!interpreter.name.equals(bootstrap.name())) {
      throw new IllegalStateException(
          "this process runs %s for its life; it cannot run %s as well"
              .formatted(interpreter.name, bootstrap.name()));
    }
    try {
      interpreter.started.join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalStateException(
          bootstrap.name() + " did not start in the JVM: " + cause.getMessage(), cause);
    }
    return interpreter;
  }

  private void boot(Bootstrap bootstrap, Path sources) {
    try {
      bootstrap.boot(() -> run(sources));
      started.completeExceptionally(new IllegalStateException("it has ended"));
    } catch (Throwable e) {
      started.completeExceptionally(e);
    }
  }

  /// Has something run on CPython's main thread, after what was given before. Any thread. What it
  /// throws ends nothing: the thread's handler of uncaught exceptions gets it.
  public void execute(Consumer<Guest<PyRef>> work) {
    waiting.add(work);
  }

  /// CPython's main thread.
  public Thread thread() {
    return started.join();
  }

  /// Has each loop that waits run the handlers of signals that have arrived. Any thread.
  public void wakeLoops() {
    LoopFields.wakeAll();
  }

  // --- CPython's main thread

  private void run(Path sources) {
    Thread thread = Thread.currentThread();
    thread.setName("javaloop-python-idle");
    CPythonGuest guest;
    try {
      guest = prepare(sources);
    } catch (Throwable e) {
      started.completeExceptionally(e);
      return;
    }
    started.complete(thread);
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
