package dev.javaloop.bridge.graalpy;

import dev.javaloop.loop.SendQueue;
import dev.javaloop.loop.SocketCalls;
import org.graalvm.polyglot.HostAccess.Export;

/// The bytes of a loop's stream sockets. Arrays are the storage of Python's `bytes` and
/// `bytearray`; each call returns how many bytes it moved, or the negated error number. For the
/// thread that runs the loop.
public final class HostSockets {
  private final SocketCalls calls = new SocketCalls();
  private byte[] inbox = {};

  HostSockets() {}

  /// Gives the storage that [#receive] fills.
  @Export
  public void useInbox(byte[] storage) {
    inbox = storage;
  }

  /// Receives into the inbox.
  @Export
  public int receive(int fd, int length) {
    return calls.receive(fd, inbox, Math.min(length, inbox.length));
  }

  /// Receives into a storage of its own.
  @Export
  public int receiveInto(int fd, byte[] storage, int length) {
    return calls.receive(fd, storage, length);
  }

  @Export
  public int send(int fd, byte[] storage, int length) {
    return calls.send(fd, storage, 0, length);
  }

  @Export
  public Queue newQueue() {
    return new Queue(new SendQueue(calls));
  }

  /// What one socket had no room for.
  public static final class Queue {
    private final SendQueue queue;

    private Queue(SendQueue queue) {
      this.queue = queue;
    }

    /// Appends the bytes from `from` up to `to` of a storage that does not change.
    @Export
    public void add(byte[] storage, int from, int to) {
      queue.add(storage, from, to);
    }

    /// Sends what there is room for. Returns 0, or the negated error number.
    @Export
    public int send(int fd) {
      return queue.send(fd);
    }

    @Export
    public long size() {
      return queue.size();
    }

    @Export
    public void clear() {
      queue.clear();
    }
  }
}
