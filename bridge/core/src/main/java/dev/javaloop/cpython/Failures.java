package dev.javaloop.cpython;

import dev.javaloop.spi.GuestFailure;
import java.lang.foreign.Arena;

/// Turns exceptions of one side into exceptions of the other. No Java exception leaves an upcall,
/// which would end the JVM; no Python exception stays set when Java goes on.
final class Failures {
  private Failures() {}

  private static final long EXCEPTION = Memory.word(Symbols.require("PyExc_Exception"));
  private static final long RUNTIME_ERROR = Memory.word(Symbols.require("PyExc_RuntimeError"));
  private static final long RECURSION_ERROR = Memory.word(Symbols.require("PyExc_RecursionError"));
  private static final long MEMORY_ERROR = Memory.word(Symbols.require("PyExc_MemoryError"));
  private static final long OS_ERROR = Memory.word(Symbols.require("PyExc_OSError"));
  private static final long SYSTEM_EXIT = Memory.word(Symbols.require("PyExc_SystemExit"));
  private static final long INTERRUPT = Memory.word(Symbols.require("PyExc_KeyboardInterrupt"));
  private static final long TYPE_ERROR = Memory.word(Symbols.require("PyExc_TypeError"));

  /// Sets a Python exception for what Java threw. Keeps one that Python has set.
  ///
  /// @return 0, for the upcall to return
  static long set(Throwable thrown) {
    if (thrown instanceof PythonRaised) {
      return 0; // it is still set
    }
    switch (thrown) {
      case GuestFailure e -> ValuesApi.setRaised(((PyRef) e.error()).address());
      case StackOverflowError _ ->
          raise(RECURSION_ERROR, "maximum recursion depth exceeded in Java");
      case OutOfMemoryError _ -> raise(MEMORY_ERROR, "Java has no memory left");
      case OsError e -> setErrno(e);
      default -> raise(RUNTIME_ERROR, thrown.toString());
    }
    return 0;
  }

  /// Takes the Python exception that is set, to be thrown in Java.
  static GuestFailure failure() {
    PyRef error = new PyRef(take());
    boolean ending = CApi.matches(error.address(), EXCEPTION) == 0;
    return new GuestFailure(description(error.address()), error, ending);
  }

  private static String description(long error) {
    String name = PyObjects.typeName(error);
    try {
      String text = Texts.str(error);
      return text.isEmpty() ? name : name + ": " + text;
    } catch (PythonRaised _) {
      References.drop(take());
      return name;
    }
  }

  private static void setErrno(OsError error) {
    long arguments = CApi.newTuple(2);
    CApi.setTupleItem(arguments, 0, CApi.newInt(error.errno()));
    CApi.setTupleItem(arguments, 1, Texts.newText(error.text));
    CApi.raiseObject(OS_ERROR, arguments);
    References.drop(arguments);
  }

  /// Sets a TypeError.
  ///
  /// @return 0, for the upcall to return
  static long typeError(String message) {
    raise(TYPE_ERROR, message);
    return 0;
  }

  private static void raise(long type, String message) {
    long text = Texts.newText(message);
    CApi.raiseObject(type, text);
    References.drop(text);
  }

  /// Whether the Python exception that is set is one that ends programs: SystemExit or
  /// KeyboardInterrupt, which asyncio lets through.
  static boolean isEnding() {
    long type = CApi.raised();
    return CApi.matches(type, SYSTEM_EXIT) != 0 || CApi.matches(type, INTERRUPT) != 0;
  }

  /// Takes the Python exception that is set, as an instance with its traceback. Owned; 0 for none.
  static long take() {
    try (Arena arena = Arena.ofConfined()) {
      long type = arena.allocate(3L * Long.BYTES, Long.BYTES).address();
      long value = type + Long.BYTES;
      long traceback = value + Long.BYTES;
      CApi.fetchError(type, value, traceback);
      CApi.normalizeError(type, value, traceback);
      long error = Memory.word(value);
      if (Memory.word(traceback) != 0) {
        CApi.setTraceback(error, Memory.word(traceback));
        References.drop(Memory.word(traceback));
      }
      if (Memory.word(type) != 0) {
        References.drop(Memory.word(type));
      }
      return error;
    }
  }

  /// Takes the Python exception that is set, and says in Java that what the engine needs is not
  /// there.
  static IllegalStateException taken(String what) {
    long error = take();
    String why = error == 0 ? "" : ": " + Texts.str(error);
    if (error != 0) {
      References.drop(error);
    }
    return new IllegalStateException(what + why);
  }

  /// A call of Python raised, and the exception is still set: what runs between here and the upcall
  /// ends early.
  static final class PythonRaised extends RuntimeException {
    private static final long serialVersionUID = 1;

    PythonRaised() {
      super("a Python exception is set", null, false, false);
    }
  }

  /// A system call failed: an `OSError` to Python.
  static final class OsError extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int errno;
    private final String text;

    OsError(int errno, String message) {
      super(message, null, false, false);
      this.errno = errno;
      this.text = message;
    }

    int errno() {
      return errno;
    }
  }
}
