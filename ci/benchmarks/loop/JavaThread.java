import com.sun.management.OperatingSystemMXBean;
import dev.javaloop.bridge.AsyncFunction;
import dev.javaloop.bridge.PythonFunction;
import dev.javaloop.bridge.PythonModule;
import dev.javaloop.bridge.PythonRuntime;
import dev.javaloop.loop.EventLoop;
import dev.javaloop.loop.LoopThread;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/// What `worker.py` is, for work that a Java thread hands to a loop: `JavaThread ENGINE PYTHON
/// SOURCES`.
///
/// There are two loops: one without Python, to which Runnables are posted, and a Python runtime's,
/// which runs an `async def` for each call.
final class JavaThread {
  private static final int TIMES = 10_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /// Counts in hundredths of a second.
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /// Work of TIMES operations, and the CPU time that the loop's thread has had.
  private interface Operation {
    void run() throws Exception;

    double threadSeconds();
  }

  public static void main(String[] arguments) throws Exception {
    Path sources = Path.of(arguments[2]);
    try (LoopThread loop = LoopThread.start(EventLoop.open());
        PythonRuntime python = start(arguments[0], Path.of(arguments[1]), sources)) {
      PythonModule module = python.module("java_thread");
      Map<String, Operation> operations =
          Map.of("java_post", new Post(loop), "java_call", new Call(module));
      System.out.printf(
          "{\"threads\": [%d, %d]}%n",
          threadOf(loop), module.function("thread").call(Integer.class));
      BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
      for (String line; (line = lines.readLine()) != null; ) {
        String[] words = line.split(" ");
        System.out.println(rate(operations.get(words[0]), Double.parseDouble(words[1])));
      }
    }
  }

  private static PythonRuntime start(String engine, Path python, Path sources) {
    return switch (engine) {
      case "graalpy" -> PythonRuntime.graalpy().sources(sources).start();
      case "cpython" -> PythonRuntime.cpython().python(python).sources(sources).start();
      case "jep" -> PythonRuntime.jep().python(python).sources(sources).start();
      default -> throw new IllegalArgumentException("no engine " + engine);
    };
  }

  /// The system's number of the thread.
  private static int threadOf(LoopThread loop) {
    CompletableFuture<Integer> number = new CompletableFuture<>();
    loop.loop()
        .post(
            () -> {
              try {
                Path self = Files.readSymbolicLink(Path.of("/proc/thread-self"));
                number.complete(Integer.valueOf(self.getFileName().toString()));
              } catch (Exception error) {
                number.completeExceptionally(error);
              }
            });
    return number.join();
  }

  private static String rate(Operation operation, double seconds) throws Exception {
    long done = 0;
    long ends = System.nanoTime() + (long) (seconds * 1e9);
    long ofProcess = PROCESS.getProcessCpuTime();
    double ofThread = operation.threadSeconds();
    do {
      operation.run();
      done += TIMES;
    } while (System.nanoTime() < ends);
    return String.format(
        "{\"operations\": %d, \"thread_seconds\": %.9f, \"process_seconds\": %.9f}",
        done,
        operation.threadSeconds() - ofThread,
        (PROCESS.getProcessCpuTime() - ofProcess) / 1e9);
  }

  private record Post(LoopThread loop) implements Operation {
    @Override
    public void run() throws InterruptedException {
      CountDownLatch done = new CountDownLatch(1);
      int[] left = {TIMES}; // only the loop's thread counts
      Runnable task =
          () -> {
            if (--left[0] == 0) {
              done.countDown();
            }
          };
      for (int i = 0; i < TIMES; i++) {
        loop.loop().post(task);
      }
      done.await();
    }

    @Override
    public double threadSeconds() {
      return THREADS.getThreadCpuTime(loop.thread().threadId()) / 1e9;
    }
  }

  private record Call(AsyncFunction nothing, PythonFunction threadTime) implements Operation {
    Call(PythonModule module) {
      this(module.async("nothing"), module.function("thread_time"));
    }

    @Override
    public void run() {
      List<CompletableFuture<Integer>> results = new ArrayList<>(TIMES);
      for (int i = 0; i < TIMES; i++) {
        results.add(nothing.call(Integer.class));
      }
      results.forEach(CompletableFuture::join);
    }

    @Override
    public double threadSeconds() {
      return threadTime.call(Double.class);
    }
  }
}
