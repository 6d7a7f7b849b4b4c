package dev.javaloop.loop;

import java.io.IOException;

/// Waits for descriptors. One loop owns one poller; the loop's thread calls everything but
/// [#wakeup()], [#awaitReady(long)], and [#set(int, int)] and [#remove(int)]: these two are for any
/// thread, one at a time, also while another one polls or waits.
///
/// Readiness is level triggered: what is ready and was not dealt with is reported again.
public interface Poller extends AutoCloseable {

  /// Waits at most `timeoutNanos` until something is ready, and reports it.
  ///
  /// The sink may call [#set(int, int)] and [#remove(int)]. Each report reflects the interest at
  /// that moment: an interest that an earlier report of the same poll took back, or a descriptor
  /// that it removed, is not reported, also if the number was closed, reused and set again
  /// meanwhile. A sink that throws ends the poll; the rest comes with the next one. A wake-up, an
  /// interrupt of the thread (whose status stays set) and a signal end the wait early.
  ///
  /// @param timeoutNanos 0 or less: do not wait; [Long#MAX_VALUE]: no limit
  /// @param sink gets descriptor and ready [Interest] bits
  /// @return how many reports there were
  int poll(long timeoutNanos, ReadyHandler sink);

  /// Ends the wait that is on, or the next one. Any thread, also after close (without effect). The
  /// loop calls it only while it waits or is about to, so that it may cost a system call.
  void wakeup();

  /// Watches a descriptor, or changes what it is watched for. A wait that is on reports it too.
  ///
  /// @param interest [Interest] bits, not 0
  /// @throws IOException when it cannot be watched; it is not watched then
  void set(int fd, int interest) throws IOException;

  /// Stops watching; without effect if the descriptor is not watched or no longer open.
  void remove(int fd);

  /// Waits as [#poll(long, ReadyHandler)] does but reports and consumes nothing: a poll that
  /// follows finds what ended the wait. For [HostPump], whose helper thread calls it while the
  /// loop's own thread does not poll (it may set and remove).
  default void awaitReady(long timeoutNanos) {
    throw new UnsupportedOperationException("this poller cannot wait outside the loop's thread");
  }

  /// A descriptor that is readable while something is ready that this poller watches; -1: it has
  /// none. It is the poller's own: others may look whether it is readable, and nothing else.
  default int descriptor() {
    return -1;
  }

  /// Frees what it holds; idempotent.
  @Override
  void close();
}
