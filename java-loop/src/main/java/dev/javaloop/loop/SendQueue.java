package dev.javaloop.loop;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/// What a stream socket had no room for, in order. For any thread: what one thread writes stays in
/// its order, and what another one writes comes before or after it, never in between.
public final class SendQueue {
  /// What goes into one call when it is put together from smaller pieces, in bytes.
  private static final int GATHERED = 128 * 1024;

  private final SocketCalls calls;
  private final ArrayDeque<ByteBuffer> pieces = new ArrayDeque<>();
  private long size;

  /// Makes an empty one.
  ///
  /// @param calls what it sends with
  public SendQueue(SocketCalls calls) {
    this.calls = calls;
  }

  /// Sends as many of the bytes from `from` up to `to` as there is room for, and keeps the rest;
  /// all of them when others wait. The array is kept, not copied: it must not change any more.
  ///
  /// @return how many bytes wait now, or the negated error number, of which nothing is kept then
  public synchronized long write(int fd, byte[] bytes, int from, int to) {
    int sent = 0;
    if (size == 0) {
      sent = calls.send(fd, bytes, from, to - from);
      if (sent < 0) {
        if (sent != -Errno.EAGAIN && sent != -Errno.EINTR) {
          return sent;
        }
        sent = 0;
      }
    }
    add(bytes, from + sent, to);
    return size;
  }

  /// Appends the bytes from `from` up to `to`. The array is kept, not copied: it must not change
  /// any more.
  public synchronized void add(byte[] bytes, int from, int to) {
    if (from < to) {
      pieces.add(ByteBuffer.wrap(bytes, from, to - from));
      size += to - from;
    }
  }

  /// How many bytes wait.
  public synchronized long size() {
    return size;
  }

  /// Sends in one call as much as there is room for. Many small pieces go out as one.
  ///
  /// @return 0, or the negated error number
  public synchronized int send(int fd) {
    ByteBuffer first = pieces.peek();
    if (first == null) {
      return 0;
    }
    ByteBuffer next = pieces.size() == 1 || first.remaining() >= GATHERED ? first : gather();
    int sent = calls.send(fd, MemorySegment.ofBuffer(next));
    if (sent < 0) {
      return sent;
    }
    drop(sent);
    return 0;
  }

  private ByteBuffer gather() {
    ByteBuffer gathered = ByteBuffer.allocate((int) Math.min(size, GATHERED));
    for (ByteBuffer piece : pieces) {
      int count = Math.min(piece.remaining(), gathered.remaining());
      gathered.put(gathered.position(), piece, piece.position(), count);
      gathered.position(gathered.position() + count);
      if (!gathered.hasRemaining()) {
        break;
      }
    }
    return gathered.flip();
  }

  private void drop(int count) {
    size -= count;
    int left = count;
    while (left > 0) {
      ByteBuffer first = pieces.element();
      int taken = Math.min(left, first.remaining());
      first.position(first.position() + taken);
      left -= taken;
      if (!first.hasRemaining()) {
        pieces.remove();
      }
    }
  }

  /// Forgets what waits.
  public synchronized void clear() {
    pieces.clear();
    size = 0;
  }
}
