package dev.javaloop.loop;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// The descriptors that a loop watches, each with its handler.
///
/// Any thread may call [#watch], [#unwatch] and [#close]: a lock makes the change in the poller and
/// that of the handler one step. The loop's thread looks for handlers without the lock, because it
/// does so for every event; it sees a change at the latest when the call that made it has returned.
final class Descriptors {
  private final Poller poller;
  private final Object lock = new Object();

  /// By descriptor; replaced by a longer array when a number does not fit. Written under the lock.
  private volatile AtomicReferenceArray<@Nullable ReadyHandler> handlers =
      new AtomicReferenceArray<>(64);

  private boolean closed; // Under the lock.

  Descriptors(Poller poller) {
    this.poller = poller;
  }

  /// Watches a descriptor, or changes what it is watched for and by whom.
  ///
  /// @param interest bits of [Interest], not 0
  /// @return false when the loop is closed
  boolean watch(int fd, int interest, ReadyHandler handler) throws IOException {
    synchronized (lock) {
      if (closed) {
        return false;
      }
      try {
        poller.set(fd, interest);
      } catch (IOException e) {
        forget(fd);
        throw e;
      }
      AtomicReferenceArray<@Nullable ReadyHandler> all = handlers;
      if (fd >= all.length()) {
        all = copy(all, Math.max(fd + 1, all.length() * 2));
        all.set(fd, handler);
        handlers = all;
      } else {
        all.set(fd, handler);
      }
      return true;
    }
  }

  /// Stops watching a descriptor.
  ///
  /// @return whether it was watched; false when the loop is closed
  boolean unwatch(int fd) {
    synchronized (lock) {
      return !closed && forget(fd);
    }
  }

  /// Whom to call for an event; null when the descriptor is not watched any more.
  @Nullable ReadyHandler handler(int fd) {
    AtomicReferenceArray<@Nullable ReadyHandler> all = handlers;
    return fd < 0 || fd >= all.length() ? null : all.get(fd);
  }

  /// Closes the poller; from here on nothing is watched.
  void close() {
    synchronized (lock) {
      closed = true;
      poller.close();
    }
  }

  private boolean forget(int fd) {
    boolean watched = handler(fd) != null;
    if (watched) {
      handlers.set(fd, null);
      poller.remove(fd);
    }
    return watched;
  }

  private static AtomicReferenceArray<@Nullable ReadyHandler> copy(
      AtomicReferenceArray<@Nullable ReadyHandler> from, int length) {
    AtomicReferenceArray<@Nullable ReadyHandler> to = new AtomicReferenceArray<>(length);
    for (int fd = 0; fd < from.length(); fd++) {
      to.setPlain(fd, from.getPlain(fd));
    }
    return to;
  }
}
