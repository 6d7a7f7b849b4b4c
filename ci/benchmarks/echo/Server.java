import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Queue;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/// What `server.py` is, without Python: one selector thread echoes. `Server KIND [CERTIFICATE KEY]`
/// or `Server unix PATH`; there are no streams, `streams` is what `protocol` is.
final class Server {
  private static final int READ = 65536;
  private static final ByteBuffer BUFFER = ByteBuffer.allocateDirect(READ);
  private static final ByteBuffer PLAIN = ByteBuffer.allocate(READ);
  private static final ByteBuffer PACKETS = ByteBuffer.allocate(4 * READ);

  public static void main(String[] arguments) throws Exception {
    Selector selector = Selector.open();
    String address =
        switch (arguments[0]) {
          case "unix" -> "\"" + listen(selector, Path.of(arguments[1])) + "\"";
          case "udp" -> String.valueOf(listenToDatagrams(selector));
          default -> String.valueOf(listen(selector));
        };
    SSLContext tls = arguments.length > 2 ? tls(arguments[1], arguments[2]) : null;
    Path thread = Files.readSymbolicLink(Path.of("/proc/thread-self"));
    System.out.printf("{\"address\": %s, \"thread\": %s}%n", address, thread.getFileName());
    Thread.ofPlatform().start(Server::endWithStdin);
    while (true) {
      selector.select();
      for (SelectionKey key : selector.selectedKeys()) {
        switch (key.channel()) {
          case ServerSocketChannel server -> accept(server, selector, tls);
          case DatagramChannel datagrams -> echo(datagrams);
          default -> ((Plain) key.attachment()).ready();
        }
      }
      selector.selectedKeys().clear();
    }
  }

  private static int listen(Selector selector) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    return server.socket().getLocalPort();
  }

  private static Path listen(Selector selector, Path path) throws IOException {
    Files.deleteIfExists(path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path), 1024);
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    return path;
  }

  private static int listenToDatagrams(Selector selector) throws IOException {
    DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
    channel.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20); // what the system allows
    channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ);
    return channel.socket().getLocalPort();
  }

  private static void accept(ServerSocketChannel server, Selector selector, SSLContext tls)
      throws IOException {
    for (SocketChannel channel; (channel = server.accept()) != null; ) {
      channel.configureBlocking(false);
      if (channel.getRemoteAddress() instanceof InetSocketAddress) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
      SelectionKey made = channel.register(selector, SelectionKey.OP_READ);
      made.attach(tls == null ? new Plain(made) : new Tls(made, tls.createSSLEngine()));
    }
  }

  private static void echo(DatagramChannel channel) throws IOException {
    for (SocketAddress sender; (sender = channel.receive(BUFFER.clear())) != null; ) {
      channel.send(BUFFER.flip(), sender);
    }
  }

  private static SSLContext tls(String certificate, String key) throws Exception {
    byte[] der =
        Base64.getMimeDecoder()
            .decode(Files.readString(Path.of(key)).replaceAll("-----[A-Z ]*-----", ""));
    PrivateKey own = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    try (InputStream in = Files.newInputStream(Path.of(certificate))) {
      Certificate shown = CertificateFactory.getInstance("X.509").generateCertificate(in);
      keys.setKeyEntry("server", own, new char[0], new Certificate[] {shown});
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  private static class Plain {
    final SocketChannel channel;
    private final SelectionKey key;
    private final Queue<ByteBuffer> unsent = new ArrayDeque<>();

    Plain(SelectionKey key) {
      this.key = key;
      channel = (SocketChannel) key.channel();
    }

    final void ready() throws IOException {
      while (!unsent.isEmpty()) {
        channel.write(unsent.element());
        if (unsent.element().hasRemaining()) {
          break;
        }
        unsent.remove();
      }
      if (key.isReadable() && !receive()) {
        channel.close();
        return;
      }
      int writing = unsent.isEmpty() ? 0 : SelectionKey.OP_WRITE;
      if (key.interestOps() != (SelectionKey.OP_READ | writing)) {
        key.interestOps(SelectionKey.OP_READ | writing);
      }
    }

    /// Echoes what there is; false at the end.
    boolean receive() throws IOException {
      if (channel.read(BUFFER.clear()) < 0) {
        return false;
      }
      send(BUFFER.flip());
      return true;
    }

    final void send(ByteBuffer data) throws IOException {
      if (unsent.isEmpty()) {
        channel.write(data);
      }
      if (data.hasRemaining()) {
        unsent.add(ByteBuffer.allocateDirect(data.remaining()).put(data).flip());
      }
    }
  }

  private static final class Tls extends Plain {
    private final SSLEngine engine;
    private final ByteBuffer received = ByteBuffer.allocate(READ);

    Tls(SelectionKey key, SSLEngine engine) {
      super(key);
      this.engine = engine;
      engine.setUseClientMode(false);
    }

    @Override
    boolean receive() throws IOException {
      if (channel.read(received) < 0) {
        return false;
      }
      received.flip();
      PACKETS.clear();
      SSLEngineResult result;
      do {
        result = engine.unwrap(received, PLAIN.clear());
        PLAIN.flip();
        HandshakeStatus next = tasks();
        while (PLAIN.hasRemaining() || next == HandshakeStatus.NEED_WRAP) {
          engine.wrap(PLAIN, PACKETS);
          next = tasks();
        }
      } while (result.getStatus() == SSLEngineResult.Status.OK);
      received.compact();
      send(PACKETS.flip());
      return result.getStatus() != SSLEngineResult.Status.CLOSED;
    }

    private HandshakeStatus tasks() {
      for (Runnable task; (task = engine.getDelegatedTask()) != null; ) {
        task.run();
      }
      return engine.getHandshakeStatus();
    }
  }

  private static void endWithStdin() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is said there; its end counts.
      }
      System.exit(0);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }
}
