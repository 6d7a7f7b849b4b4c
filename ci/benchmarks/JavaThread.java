import dev.javaloop.bridge.AsyncFunction;
import dev.javaloop.bridge.PythonRuntime;
import dev.javaloop.loop.EventLoop;
import dev.javaloop.loop.LoopThread;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/// What a Java thread hands to a loop: `JavaThread SECONDS`, one JSON line for each measure, as
/// `loop_rates.py` prints them.
final class JavaThread {
  private static final int OPERATIONS = 20_000;

  private interface Round {
    void run() throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    double seconds = Double.parseDouble(arguments[0]) / 2;
    try (LoopThread loop = LoopThread.start(EventLoop.open())) {
      measure("post of a Runnable", seconds / 4, () -> posts(loop.loop()));
    }
    Path here = Path.of(arguments[1]);
    try (PythonRuntime python = PythonRuntime.graalpy().sources(here).start()) {
      AsyncFunction nothing = python.module("java_thread").async("nothing");
      measure("call of an async def", seconds, () -> calls(nothing));
    }
  }

  private static void posts(EventLoop loop) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    int[] left = {OPERATIONS}; // only the loop's thread counts
    Runnable task =
        () -> {
          if (--left[0] == 0) {
            done.countDown();
          }
        };
    for (int i = 0; i < OPERATIONS; i++) {
      loop.post(task);
    }
    done.await();
  }

  private static void calls(AsyncFunction nothing) {
    List<CompletableFuture<Integer>> results = new ArrayList<>(OPERATIONS);
    for (int i = 0; i < OPERATIONS; i++) {
      results.add(nothing.call(Integer.class));
    }
    results.forEach(CompletableFuture::join);
  }

  private static void measure(String name, double seconds, Round round) throws Exception {
    List<Double> rates = new ArrayList<>();
    long ends = System.nanoTime() + (long) (seconds * 1e9);
    while (System.nanoTime() < ends || rates.size() < 3) {
      long began = System.nanoTime();
      round.run();
      rates.add(OPERATIONS * 1e9 / (System.nanoTime() - began));
    }
    double first = rates.getFirst();
    List<Double> last = rates.subList(rates.size() - Math.max(1, rates.size() / 3), rates.size());
    double median = last.stream().sorted().toList().get(last.size() / 2);
    System.out.printf(
        "{\"measure\": \"%s\", \"rate\": %.1f, \"first\": %.1f, \"rounds\": %d}%n",
        name, median, first, rates.size());
  }
}
