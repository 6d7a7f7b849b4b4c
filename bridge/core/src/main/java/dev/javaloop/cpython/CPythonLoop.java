package dev.javaloop.cpython;

import dev.javaloop.spi.GuestLoop;
import org.jspecify.annotations.Nullable;

/// A loop of CPython's that Java reaches.
record CPythonLoop(CPythonGuest guest, PyRef loop, LoopState state) implements GuestLoop<PyRef> {
  private static final long CALL_SOON = Names.of("call_soon");

  @Override
  public boolean post(Runnable task) {
    return state.post(task);
  }

  @Override
  public void callSoon(PyRef function, @Nullable Object... arguments) {
    @Nullable Object[] all = new @Nullable Object[1 + arguments.length];
    all[0] = function;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    long tuple = guest.newTuple(all);
    try {
      long method = PyObjects.checked(CApi.getAttribute(loop.address(), CALL_SOON));
      try {
        References.drop(PyObjects.checked(CApi.call(method, tuple, 0)));
      } finally {
        References.drop(method);
      }
    } catch (Failures.PythonRaised _) {
      throw Failures.failure();
    } finally {
      References.drop(tuple);
    }
  }
}
