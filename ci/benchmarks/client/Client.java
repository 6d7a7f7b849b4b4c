import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// The client, the same for all servers: `Client TICKS_PER_SECOND [CERTIFICATE]`.
///
/// Each line of stdin is a cell, see [Cell], and is answered by a line of JSON. Each connection
/// sends a message, waits for all of its answer, checks it, and sends the next. Connections share
/// one selector thread, but one with TLS is a blocking socket with a thread of its own. The main
/// thread samples counts and the server's CPU times.
final class Client {
  private static final int SLACK = 4096; // messages begin at any byte of these
  private static final long WINDOW_MILLIS = 500;
  private static final int STALLED_WINDOWS = 40;
  private static final int CONNECT_MILLIS = 20_000;
  private static final long LOST_MILLIS = 200; // for an answer by datagrams
  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n"
          .getBytes(US_ASCII);
  private static final byte[] OK = "HTTP/1.1 200 ".getBytes(US_ASCII);
  private static final byte[] GREETING = "\r\n\r\nHello, World!".getBytes(US_ASCII);
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();

  private final Cell cell;
  private final byte[] pattern;
  private final LongAdder done = new LongAdder();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final List<Thread> threads = new ArrayList<>();
  private final List<Samples> samples = new ArrayList<>();
  private final List<AutoCloseable> connections = new ArrayList<>();
  private volatile boolean measuring;
  private volatile int resent; // only the selector's thread counts
  private volatile boolean stopping;

  private Client(Cell cell) {
    this.cell = cell;
    pattern = new byte[cell.size + SLACK];
    new Random(cell.size).nextBytes(pattern);
  }

  /// How messages travel, and what the answer is: an echo, or to a request of HTTP a greeting.
  enum Transport {
    TCP,
    TLS,
    UNIX,
    UDP,
    HTTP
  }

  /// The address is a port on this machine, or the path of a Unix socket.
  record Cell(
      Transport transport,
      int size,
      int connections,
      double seconds,
      double leastWarmUp,
      double mostWarmUp,
      String address,
      String process,
      String thread) {
    static Cell parse(String line) {
      String[] words = line.split(" ");
      return new Cell(
          Transport.valueOf(words[0].toUpperCase(Locale.ROOT)),
          Integer.parseInt(words[1]),
          Integer.parseInt(words[2]),
          Double.parseDouble(words[3]),
          Double.parseDouble(words[4]),
          Double.parseDouble(words[5]),
          words[6],
          words[7],
          words[8]);
    }

    int port() {
      return Integer.parseInt(address);
    }
  }

  /// What was counted until now; the times are CPU times of the server.
  record Totals(
      long nanos,
      long trips,
      long loopNanos,
      long processNanos,
      long loopUserTicks,
      long loopKernelTicks) {
    Totals since(Totals before) {
      return new Totals(
          nanos - before.nanos,
          trips - before.trips,
          loopNanos - before.loopNanos,
          processNanos - before.processNanos,
          loopUserTicks - before.loopUserTicks,
          loopKernelTicks - before.loopKernelTicks);
    }

    /// The part of the loop's time; of ticks, so a few hundredths are chance.
    double loopInKernel() {
      return (double) loopKernelTicks / Math.max(1, loopUserTicks + loopKernelTicks);
    }

    double loopMicrosPerTrip() {
      return loopNanos / 1e3 / trips;
    }
  }

  /// Times of round trips; a thread has its own.
  static final class Samples {
    long[] nanos = new long[1024];
    int count;

    void add(long value) {
      if (count == nanos.length) {
        nanos = Arrays.copyOf(nanos, 2 * count);
      }
      nanos[count++] = value;
    }
  }

  private static long nanosPerTick;
  private static SSLContext tls;

  public static void main(String[] arguments) throws Exception {
    nanosPerTick = 1_000_000_000L / Long.parseLong(arguments[0]);
    tls = arguments.length > 1 ? trusting(Path.of(arguments[1])) : SSLContext.getDefault();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = lines.readLine()) != null; ) {
      System.out.println(new Client(Cell.parse(line)).measure());
    }
  }

  private static SSLContext trusting(Path certificate) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(certificate)) {
      trusted.setCertificateEntry(
          "server", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private String measure() throws Exception {
    try {
      if (cell.transport == Transport.TLS) {
        startThreads();
      } else {
        startSelector();
      }
      Totals began = totals();
      boolean steady = warmUp(began);
      Totals warm = totals();
      measuring = true;
      Totals measured;
      do {
        pause();
        measured = totals().since(warm);
      } while (measured.nanos < cell.seconds * 1e9);
      measuring = false;
      stopping = true;
      for (Thread thread : threads) {
        thread.join(CONNECT_MILLIS);
        if (thread.isAlive()) {
          throw new IOException("a round trip does not end");
        }
      }
      check();
      long[] times =
          samples.stream()
              .flatMapToLong(s -> Arrays.stream(s.nanos, 0, s.count))
              .sorted()
              .toArray();
      if (times.length == 0) {
        throw new IOException("no round trip in " + cell.seconds + " s");
      }
      return String.format(
          "{\"per_second\": %.1f, \"p50_us\": %.1f, \"p99_us\": %.1f, \"loop_cpu_us\": %.3f,"
              + " \"process_cpu_us\": %.3f, \"loop_in_kernel\": %.3f, \"warm_up_seconds\": %.1f,"
              + " \"steady\": %b, \"resent\": %d}",
          measured.trips * 1e9 / measured.nanos,
          times[times.length / 2] / 1e3,
          times[times.length * 99 / 100] / 1e3,
          measured.loopMicrosPerTrip(),
          Math.max(measured.processNanos, measured.loopNanos)
              / 1e3
              / measured.trips, // coarse ticks
          measured.loopInKernel(),
          warm.since(began).nanos / 1e9,
          steady,
          resent);
    } catch (IOException error) {
      return "{\"error\": \"" + error.toString().replaceAll("[^ -~]|[\"\\\\]", "'") + "\"}";
    } finally {
      stopping = true;
      for (AutoCloseable connection : connections) {
        connection.close();
      }
    }
  }

  /// Until a second costs the loop's thread what the second before did (within 5 %), and compilers
  /// are quiet: other threads have less than a quarter of its time. That has to hold for as long as
  /// the least warm-up takes, as compilers pause.
  private boolean warmUp(Totals began) throws Exception {
    List<Totals> seen = new ArrayList<>(List.of(began));
    double restless = 0; // when it last was not so
    while (true) {
      pause();
      Totals now = totals();
      seen.add(now);
      double seconds = now.since(began).nanos / 1e9;
      int last = seen.size() - 1;
      boolean steady = false;
      if (last >= 4) {
        Totals older = seen.get(last - 2).since(seen.get(last - 4));
        Totals newer = now.since(seen.get(last - 2));
        double ratio = newer.loopMicrosPerTrip() / older.loopMicrosPerTrip();
        long others = newer.processNanos - newer.loopNanos;
        steady = ratio > 0.95 && ratio < 1.05 && others < newer.loopNanos / 4;
      }
      if (!steady) {
        restless = seconds;
      } else if (seconds - restless >= cell.leastWarmUp) {
        return true;
      }
      if (seconds >= cell.mostWarmUp) {
        return false;
      }
    }
  }

  private long progress;
  private int stalled;

  private void pause() throws IOException, InterruptedException {
    Thread.sleep(WINDOW_MILLIS);
    check();
    long now = done.sum();
    stalled = now == progress ? stalled + 1 : 0;
    progress = now;
    if (stalled == STALLED_WINDOWS) {
      throw new IOException("no round trip in " + stalled * WINDOW_MILLIS / 1000 + " s");
    }
  }

  private void check() throws IOException {
    Throwable error = failure.get();
    if (error != null) {
      throw new IOException(error.toString(), error);
    }
  }

  private Totals totals() throws IOException {
    Path process = Path.of("/proc", cell.process);
    String loop = Files.readString(process.resolve("task/" + cell.thread + "/schedstat"));
    long[] ofLoop = ticks(process.resolve("task/" + cell.thread + "/stat"));
    long[] ofProcess = ticks(process.resolve("stat"));
    return new Totals(
        System.nanoTime(),
        done.sum(),
        Long.parseLong(loop.split(" ")[0]),
        (ofProcess[0] + ofProcess[1]) * nanosPerTick,
        ofLoop[0],
        ofLoop[1]);
  }

  /// In user mode, and in the kernel.
  private static long[] ticks(Path stat) throws IOException {
    String line = Files.readString(stat);
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
    return new long[] {Long.parseLong(fields[11]), Long.parseLong(fields[12])};
  }

  private interface Work {
    void run(Samples samples) throws Exception;
  }

  private void start(Work work) {
    Samples own = new Samples();
    samples.add(own);
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run(own);
              } catch (Throwable error) {
                failure.compareAndSet(null, error); // told by check()
              }
            });
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void count(Samples own, long began) {
    done.increment();
    if (measuring) {
      own.add(System.nanoTime() - began);
    }
  }

  private static int offset(int connection, int trip) {
    return (31 * connection + 7 * trip) & (SLACK - 1);
  }

  // --- TLS: a thread a connection

  private void startThreads() throws IOException {
    for (int i = 0; i < cell.connections; i++) {
      Socket plain = new Socket();
      connections.add(plain);
      plain.connect(new InetSocketAddress(HERE, cell.port()), CONNECT_MILLIS);
      plain.setTcpNoDelay(true);
      plain.setSoTimeout(CONNECT_MILLIS);
      SSLSocket socket =
          (SSLSocket) tls.getSocketFactory().createSocket(plain, "localhost", cell.port(), true);
      connections.add(socket);
      socket.startHandshake();
    }
    for (int i = 0; i < cell.connections; i++) {
      int connection = i;
      start(own -> exchange((SSLSocket) connections.get(2 * connection + 1), connection, own));
    }
  }

  private void exchange(SSLSocket socket, int connection, Samples own) throws IOException {
    InputStream in = socket.getInputStream();
    OutputStream out = socket.getOutputStream();
    byte[] echo = new byte[cell.size];
    for (int trip = 0; !stopping; trip++) {
      int offset = offset(connection, trip);
      long began = System.nanoTime();
      out.write(pattern, offset, cell.size);
      if (in.readNBytes(echo, 0, cell.size) != cell.size) {
        throw new IOException("the server closed a connection");
      }
      if (!Arrays.equals(echo, 0, cell.size, pattern, offset, offset + cell.size)) {
        throw new IOException("an echo differs from what was sent");
      }
      count(own, began);
    }
    socket.close();
  }

  // --- all others: one selector

  private void startSelector() throws IOException {
    Selector selector = Selector.open();
    connections.add(selector);
    ByteBuffer direct = ByteBuffer.allocateDirect(pattern.length).put(pattern);
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < cell.connections; i++) {
      SelectableChannel channel = connect();
      connections.add(channel);
      channel.configureBlocking(false);
      all.add(
          cell.transport == Transport.HTTP
              ? new Http(channel)
              : new Echo(channel, i, direct.duplicate()));
    }
    start(
        own -> {
          ByteBuffer in = ByteBuffer.allocateDirect(Math.max(cell.size, SLACK));
          for (Connection each : all) {
            each.key = each.channel.register(selector, SelectionKey.OP_READ, each);
            each.send();
          }
          while (!selector.keys().isEmpty()) {
            selector.select(LOST_MILLIS);
            for (SelectionKey key : selector.selectedKeys()) {
              ((Connection) key.attachment()).ready(in, own);
            }
            selector.selectedKeys().clear();
            if (cell.transport == Transport.UDP) {
              sendLostAgain(all);
            }
            if (stopping) {
              selector.selectNow(); // forgets closed channels
            }
          }
        });
  }

  private SelectableChannel connect() throws IOException {
    return switch (cell.transport) {
      case UNIX -> SocketChannel.open(UnixDomainSocketAddress.of(cell.address));
      case UDP -> DatagramChannel.open().connect(new InetSocketAddress(HERE, cell.port()));
      case TCP, TLS, HTTP -> {
        SocketChannel channel = SocketChannel.open();
        channel.socket().connect(new InetSocketAddress(HERE, cell.port()), CONNECT_MILLIS);
        channel.socket().setTcpNoDelay(true);
        yield channel;
      }
    };
  }

  private long nextLook;

  private void sendLostAgain(List<Connection> all) throws IOException {
    long now = System.nanoTime();
    if (now - nextLook < 0) {
      return;
    }
    nextLook = now + LOST_MILLIS * 1_000_000;
    for (Connection each : all) {
      if (each.channel.isOpen() && now - each.began > LOST_MILLIS * 1_000_000) {
        each.sendAgain();
        resent++;
      }
    }
  }

  /// A connection of the selector's thread.
  private abstract class Connection {
    final SelectableChannel channel;
    final ByteChannel bytes;
    SelectionKey key;
    ByteBuffer out;
    long began;

    Connection(SelectableChannel channel, ByteBuffer out) {
      this.channel = channel;
      this.out = out;
      bytes = (ByteChannel) channel;
    }

    /// Makes `out` the next message.
    abstract void next();

    /// Whether the answer is complete with these bytes.
    abstract boolean received(ByteBuffer in) throws IOException;

    /// Sends the message once more: its datagram, or the answer's, is lost.
    abstract void sendAgain() throws IOException;

    final void send() throws IOException {
      next();
      began = System.nanoTime();
      bytes.write(out);
      if (out.hasRemaining()) {
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
      }
    }

    final void ready(ByteBuffer in, Samples own) throws IOException {
      if (key.isWritable()) {
        bytes.write(out);
        if (!out.hasRemaining()) {
          key.interestOps(SelectionKey.OP_READ);
        }
      }
      if (!key.isReadable()) {
        return;
      }
      if (bytes.read(in.clear()) < 0) {
        throw new IOException("the server closed a connection");
      }
      if (received(in.flip())) {
        count(own, began);
        if (stopping) {
          channel.close();
        } else {
          send();
        }
      }
    }
  }

  private final class Echo extends Connection {
    private final int number;
    private final ByteBuffer expected;
    private int trip;
    private boolean sentAgain;

    Echo(SelectableChannel channel, int number, ByteBuffer pattern) {
      super(channel, pattern);
      this.number = number;
      expected = pattern.duplicate();
    }

    @Override
    void next() {
      int offset = offset(number, trip++);
      out.clear().position(offset).limit(offset + cell.size);
      expected.clear().position(offset);
    }

    @Override
    boolean received(ByteBuffer in) throws IOException {
      int end = out.limit();
      int received = expected.position() + in.limit();
      if (received > end || !expected.limit(received).equals(in)) {
        if (sentAgain) { // the answer was late, and comes twice
          expected.limit(expected.capacity());
          return false;
        }
        throw new IOException("an echo differs from what was sent");
      }
      expected.clear().position(received);
      return received == end;
    }

    @Override
    void sendAgain() throws IOException {
      sentAgain = true;
      out.position(out.limit() - cell.size);
      began = System.nanoTime();
      bytes.write(out);
    }
  }

  private final class Http extends Connection {
    private final byte[] answer = new byte[SLACK];
    private int length;

    Http(SelectableChannel channel) {
      super(channel, ByteBuffer.allocateDirect(REQUEST.length).put(REQUEST));
    }

    @Override
    void next() {
      out.rewind();
      length = 0;
    }

    /// The greeting ends the answer; only servers that keep the connection open are measured.
    @Override
    boolean received(ByteBuffer in) throws IOException {
      int count = in.remaining();
      if (length + count > answer.length) {
        throw new IOException("an answer is longer than expected");
      }
      in.get(answer, length, count);
      length += count;
      int body = length - GREETING.length;
      if (body < 0 || !Arrays.equals(answer, body, length, GREETING, 0, GREETING.length)) {
        return false;
      }
      if (!Arrays.equals(answer, 0, OK.length, OK, 0, OK.length)) {
        throw new IOException("an answer is not 200");
      }
      return true;
    }

    @Override
    void sendAgain() {
      throw new IllegalStateException("TCP loses nothing");
    }
  }
}
