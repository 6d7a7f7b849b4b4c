package dev.javaloop.loop;

/// Decides what becomes of a throwable that left a handler, a timer, a post or the run queue.
/// Called in the loop's thread, inside the pass.
///
/// Returning means that it was dealt with: the pass goes on with what is left. Throwing (the same
/// throwable or another) aborts the pass: [EventLoop#runOnce(long)] throws it, and nothing is lost.
/// Due timers and posts that were not reached run first in the next pass, and descriptors that were
/// not reached are still ready then.
@FunctionalInterface
public interface ErrorHandler {

  /// Deals with it, or throws.
  void failed(Throwable thrown);

  /// The default: an exception goes to the thread's uncaught exception handler and the pass goes
  /// on. An [Error] aborts the pass: errors are how a JVM in trouble, and a Python context that is
  /// being cancelled, unwind a thread, and a loop that swallowed them could not be ended.
  static ErrorHandler uncaught() {
    return thrown -> {
      if (thrown instanceof Error error) {
        throw error;
      }
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
    };
  }
}
