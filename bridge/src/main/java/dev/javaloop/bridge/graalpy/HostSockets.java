package dev.javaloop.bridge.graalpy;

import dev.javaloop.loop.SendQueue;
import dev.javaloop.loop.SocketCalls;
import org.graalvm.polyglot.HostAccess.Export;

/// The bytes of a loop's stream sockets. Arrays are the storage of Python's `bytes` and
/// `bytearray`; each call returns how many bytes it moved, or the negated error number. Receiving
/// is for the thread that runs the loop, sending for any.
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
  public Queue newQueue() {
    return new Queue(new SendQueue(calls));
  }

  /// The way out of one socket, and what it had no room for.
  public static final class Queue {
    private final SendQueue queue;

    private Queue(SendQueue queue) {
      this.queue = queue;
    }

    /// Sends a storage that does not change, and keeps what there is no room for. Returns how many
    /// bytes wait now, or the negated error number.
    @Export
    public long write(int fd, byte[] storage, int length) {
      return queue.write(fd, storage, 0, length);
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
