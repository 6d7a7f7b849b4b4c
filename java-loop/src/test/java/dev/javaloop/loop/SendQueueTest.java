package dev.javaloop.loop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Bytes to sockets and from them, and those that there is no room for. */
@ExtendWith(NoLeaks.class)
@Tag("class-path")
final class SendQueueTest {
  private static final int EAGAIN = 11;
  private static final int EPIPE = 32;

  private int[] ends = {};
  private final SocketCalls calls = new SocketCalls();
  private final SendQueue queue = new SendQueue(calls);
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();

  @BeforeEach
  void open() {
    ends = Posix.socketpair();
  }

  @AfterEach
  void close() {
    Posix.close(ends);
  }

  @Test
  void bytesCross() {
    byte[] buffer = new byte[10];
    assertEquals(-EAGAIN, calls.receive(ends[1], buffer, 10));
    assertEquals(3, calls.send(ends[0], new byte[] {9, 1, 2, 3, 9}, 1, 3));
    assertEquals(2, calls.receive(ends[1], buffer, 2), "no more than was asked for");
    assertEquals(1, calls.receive(ends[1], buffer, 10));
    assertArrayEquals(new byte[] {3, 2}, Arrays.copyOf(buffer, 2));
  }

  @Test
  void aSocketThatSomebodyHasSetBlockingDoesNotBlock() {
    // A file description is shared: with a child, or with the program that set it.
    int[] pair = Posix.blockingSocketpair();
    assertEquals(-EAGAIN, calls.receive(pair[1], new byte[1], 1));
    byte[] much = new byte[4_000_000];
    int sent = calls.send(pair[0], much, 0, much.length);
    assertTrue(sent > 0 && sent < much.length);
    assertEquals(-EAGAIN, calls.send(pair[0], much, 0, much.length));
    Posix.close(pair);
  }

  @Test
  void whatCannotBeIsANumber() {
    assertEquals(-Errno.EBADF, calls.receive(-1, new byte[1], 1));
    assertEquals(-Errno.EBADF, calls.send(-1, new byte[1], 0, 1));
  }

  @Test
  void aPeerThatIsGoneIsNoSignal() {
    int[] pair = Posix.socketpair();
    Posix.close(pair[1]);
    assertEquals(0, calls.receive(pair[0], new byte[1], 1), "the end of the stream");
    assertEquals(-EPIPE, calls.send(pair[0], new byte[1], 0, 1));
    queue.add(new byte[1], 0, 1);
    assertEquals(-EPIPE, queue.send(pair[0]));
    assertEquals(1, queue.size());
    Posix.close(pair[0]);
  }

  @Test
  void anEmptyQueueSendsNothing() {
    queue.add(new byte[5], 5, 5);
    assertEquals(0, queue.size());
    assertEquals(0, queue.send(ends[0]));
  }

  @Test
  void smallPiecesGoOutAsOne() {
    for (byte i = 0; i < 100; i++) {
      queue.add(new byte[] {-1, i, i, -1}, 1, 3);
    }
    assertEquals(0, queue.send(ends[0]));
    assertEquals(0, queue.size());
    receive();
    assertEquals(200, received.size());
    assertEquals(99, received.toByteArray()[199]);
  }

  @Test
  void noByteIsLostAndNoneComesTwice() {
    Random random = new Random(7);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    for (int i = 0; i < 200; i++) {
      byte[] piece = new byte[random.nextInt(1, i % 20 == 0 ? 400_000 : 5_000)];
      random.nextBytes(piece);
      int from = random.nextInt(piece.length);
      int to = random.nextInt(from, piece.length + 1);
      queue.add(piece, from, to);
      sent.write(piece, from, to - from);
      int result = queue.send(ends[0]);
      assertTrue(result == 0 || result == -EAGAIN, "result " + result);
      if (random.nextBoolean()) {
        receive();
        assertEquals(sent.size() - received.size(), queue.size());
      }
    }
    drain();
    assertArrayEquals(sent.toByteArray(), received.toByteArray());
  }

  @Test
  void whatIsWrittenIsSentAtOnceAndTheRestWaits() {
    assertEquals(0, queue.write(ends[0], new byte[] {9, 1, 2, 9}, 1, 3));
    receive();
    assertArrayEquals(new byte[] {1, 2}, received.toByteArray());
    byte[] much = new byte[4_000_000];
    long waiting = queue.write(ends[0], much, 0, much.length);
    assertTrue(waiting > 0 && waiting < much.length);
    assertEquals(waiting + 1, queue.write(ends[0], new byte[] {3}, 0, 1), "behind what waits");
    drain();
    assertEquals(3, received.toByteArray()[2 + much.length]);
    assertEquals(-Errno.EBADF, queue.write(-1, new byte[1], 0, 1));
    assertEquals(0, queue.size());
  }

  @Test
  void writersDoNotTearEachOthersBytes() throws InterruptedException {
    int length = 10_000;
    Thread[] writers = new Thread[4];
    for (int i = 0; i < writers.length; i++) {
      byte[] piece = new byte[length];
      Arrays.fill(piece, (byte) i);
      writers[i] =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int round = 0; round < 100; round++) {
                      queue.write(ends[0], piece, 0, length);
                    }
                  });
    }
    while (received.size() < 400 * length) {
      receive();
      queue.send(ends[0]);
    }
    for (Thread writer : writers) {
      writer.join();
    }
    byte[] all = received.toByteArray();
    for (int at = 0; at < all.length; at++) {
      assertEquals(all[at - at % length], all[at], "at " + at);
    }
  }

  private void drain() {
    while (queue.size() > 0) {
      queue.send(ends[0]);
      receive();
    }
    receive();
  }

  @Test
  void whatWasClearedIsNotSent() {
    queue.add(new byte[10], 0, 10);
    queue.clear();
    queue.add(new byte[] {1, 2}, 1, 2);
    assertEquals(1, queue.size());
    assertEquals(0, queue.send(ends[0]));
    receive();
    assertArrayEquals(new byte[] {2}, received.toByteArray());
  }

  private void receive() {
    byte[] buffer = new byte[64 * 1024];
    int count;
    while ((count = calls.receive(ends[1], buffer, buffer.length)) > 0) {
      received.write(buffer, 0, count);
    }
  }
}
