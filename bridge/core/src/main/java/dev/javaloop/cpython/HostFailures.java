package dev.javaloop.cpython;

import dev.javaloop.spi.GuestFailure;

/// Raises in Python what a Java method that Python called has thrown.
final class HostFailures {
  private HostFailures() {}

  /// Sets the Python exception that a failure stands for, else a `javaloop.JavaError` that keeps
  /// the Java exception.
  ///
  /// @return 0, for the upcall to return
  static long raise(RuntimeException thrown, CPythonGuest guest) {
    if (thrown instanceof Failures.PythonRaised || thrown instanceof GuestFailure) {
      return Failures.set(thrown);
    }
    long module = PyObjects.importModule("javaloop._embed");
    try {
      long type = Names.attribute(module, "JavaError");
      long arguments = guest.newTuple(thrown.toString(), thrown);
      CApi.raiseObject(type, arguments);
      References.drop(arguments);
      References.drop(type);
      return 0;
    } finally {
      References.drop(module);
    }
  }
}
