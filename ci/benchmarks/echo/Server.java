import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;

/// What `server.py` is, without Python: one selector thread echoes on 127.0.0.1.
final class Server {
  private static final ByteBuffer BUFFER = ByteBuffer.allocateDirect(65536);

  public static void main(String[] arguments) throws Exception {
    Selector selector = Selector.open();
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    Path thread = Files.readSymbolicLink(Path.of("/proc/thread-self"));
    System.out.printf(
        "{\"port\": %d, \"thread\": %s}%n", server.socket().getLocalPort(), thread.getFileName());
    Thread.ofPlatform().start(Server::endWithStdin);
    while (true) {
      selector.select();
      for (SelectionKey key : selector.selectedKeys()) {
        if (key.isAcceptable()) {
          accept(server, selector);
        } else {
          echo(key);
        }
      }
      selector.selectedKeys().clear();
    }
  }

  private static void accept(ServerSocketChannel server, Selector selector) throws IOException {
    for (SocketChannel channel; (channel = server.accept()) != null; ) {
      channel.configureBlocking(false);
      channel.socket().setTcpNoDelay(true);
      channel.register(selector, SelectionKey.OP_READ, new ArrayDeque<ByteBuffer>());
    }
  }

  @SuppressWarnings("unchecked") // accept() attached it
  private static void echo(SelectionKey key) throws IOException {
    SocketChannel channel = (SocketChannel) key.channel();
    Queue<ByteBuffer> unsent = (Queue<ByteBuffer>) key.attachment();
    while (!unsent.isEmpty()) {
      channel.write(unsent.element());
      if (unsent.element().hasRemaining()) {
        break;
      }
      unsent.remove();
    }
    if (key.isReadable()) {
      if (channel.read(BUFFER.clear()) < 0) {
        channel.close();
        return;
      }
      BUFFER.flip();
      if (unsent.isEmpty()) {
        channel.write(BUFFER);
      }
      if (BUFFER.hasRemaining()) {
        unsent.add(ByteBuffer.allocateDirect(BUFFER.remaining()).put(BUFFER).flip());
      }
    }
    int writing = unsent.isEmpty() ? 0 : SelectionKey.OP_WRITE;
    if (key.interestOps() != (SelectionKey.OP_READ | writing)) {
      key.interestOps(SelectionKey.OP_READ | writing);
    }
  }

  private static void endWithStdin() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is said there; its end counts.
      }
      System.exit(0);
    } catch (IOException error) {
      throw new java.io.UncheckedIOException(error);
    }
  }
}
