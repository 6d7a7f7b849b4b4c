import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
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
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// The client of `run.py`, the same for all servers: `Client CERTIFICATE TICKS_PER_SECOND`.
///
/// Each line of stdin is a cell, see [Cell], and is answered by a line of JSON. Each connection
/// sends a message, waits for all of its echo, compares it, and sends the next. Plain connections
/// share one selector thread; a TLS connection is a blocking socket with a thread of its own. The
/// main thread samples counts and the server's CPU times.
final class Client {
  private static final int SLACK = 4096; // messages begin at any byte of these
  private static final long WINDOW_MILLIS = 500;
  private static final int STALLED_WINDOWS = 40;
  private static final int CONNECT_MILLIS = 20_000;
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();

  private final Cell cell;
  private final byte[] pattern;
  private final LongAdder done = new LongAdder();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final List<Thread> threads = new ArrayList<>();
  private final List<Samples> samples = new ArrayList<>();
  private final List<AutoCloseable> connections = new ArrayList<>();
  private volatile boolean measuring;
  private volatile boolean stopping;

  private Client(Cell cell) {
    this.cell = cell;
    pattern = new byte[cell.size + SLACK];
    new Random(cell.size).nextBytes(pattern);
  }

  record Cell(
      boolean tls,
      int size,
      int connections,
      double seconds,
      double leastWarmUp,
      double mostWarmUp,
      int port,
      String process,
      String thread) {
    static Cell parse(String line) {
      String[] words = line.split(" ");
      return new Cell(
          words[0].equals("tls"),
          Integer.parseInt(words[1]),
          Integer.parseInt(words[2]),
          Double.parseDouble(words[3]),
          Double.parseDouble(words[4]),
          Double.parseDouble(words[5]),
          Integer.parseInt(words[6]),
          words[7],
          words[8]);
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
    tls = trusting(Path.of(arguments[0]));
    nanosPerTick = 1_000_000_000L / Long.parseLong(arguments[1]);
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
      if (cell.tls) {
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
              + " \"steady\": %b}",
          measured.trips * 1e9 / measured.nanos,
          times[times.length / 2] / 1e3,
          times[times.length * 99 / 100] / 1e3,
          measured.loopMicrosPerTrip(),
          Math.max(measured.processNanos, measured.loopNanos)
              / 1e3
              / measured.trips, // coarse ticks
          measured.loopInKernel(),
          warm.since(began).nanos / 1e9,
          steady);
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
      plain.connect(new InetSocketAddress(HERE, cell.port), CONNECT_MILLIS);
      plain.setTcpNoDelay(true);
      plain.setSoTimeout(CONNECT_MILLIS);
      SSLSocket socket =
          (SSLSocket) tls.getSocketFactory().createSocket(plain, "localhost", cell.port, true);
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

  // --- plain: one selector

  private void startSelector() throws IOException {
    Selector selector = Selector.open();
    connections.add(selector);
    ByteBuffer direct = ByteBuffer.allocateDirect(pattern.length).put(pattern);
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < cell.connections; i++) {
      SocketChannel channel = SocketChannel.open();
      connections.add(channel);
      channel.socket().connect(new InetSocketAddress(HERE, cell.port), CONNECT_MILLIS);
      channel.socket().setTcpNoDelay(true);
      channel.configureBlocking(false);
      all.add(new Connection(channel, i, direct));
    }
    start(
        own -> {
          ByteBuffer in = ByteBuffer.allocateDirect(cell.size);
          for (Connection each : all) {
            each.key = each.channel.register(selector, SelectionKey.OP_READ, each);
            each.send();
          }
          while (!selector.keys().isEmpty()) {
            selector.select();
            for (SelectionKey key : selector.selectedKeys()) {
              ((Connection) key.attachment()).ready(in, own);
            }
            selector.selectedKeys().clear();
            if (stopping) {
              selector.selectNow(); // forgets closed channels
            }
          }
        });
  }

  private final class Connection {
    final SocketChannel channel;
    final int number;
    final ByteBuffer out;
    final ByteBuffer expected;
    SelectionKey key;
    int trip;
    long began;

    Connection(SocketChannel channel, int number, ByteBuffer pattern) {
      this.channel = channel;
      this.number = number;
      out = pattern.duplicate();
      expected = pattern.duplicate();
    }

    void send() throws IOException {
      int offset = offset(number, trip++);
      out.clear().position(offset).limit(offset + cell.size);
      expected.clear().position(offset);
      began = System.nanoTime();
      channel.write(out);
      if (out.hasRemaining()) {
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
      }
    }

    void ready(ByteBuffer in, Samples own) throws IOException {
      if (key.isWritable()) {
        channel.write(out);
        if (!out.hasRemaining()) {
          key.interestOps(SelectionKey.OP_READ);
        }
      }
      if (!key.isReadable()) {
        return;
      }
      int end = out.limit();
      if (channel.read(in.clear()) < 0) {
        throw new IOException("the server closed a connection");
      }
      in.flip();
      int received = expected.position() + in.limit();
      if (received > end || !expected.limit(received).equals(in)) {
        throw new IOException("an echo differs from what was sent");
      }
      expected.clear().position(received);
      if (received == end) {
        count(own, began);
        if (stopping) {
          channel.close();
        } else {
          send();
        }
      }
    }
  }
}
