package dev.javaloop.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Lincheck runs posters and a loop in many interleavings.
 *
 * <p>Each was seen to fail on a broken protocol. {@link #noNewsSleeps()}: in {@code
 * Pass.fallAsleep} look at the posts before {@code gate.enter()} and not after; or have {@code
 * WakeGate.wake} or {@code nudge} look at the state and set it without an atomic operation. {@link
 * #theQueueIsAQueue()}: have {@code PostQueue.push} write {@code top} without its compare-and-set.
 */
@Tag("interleavings")
final class PostInterleavingsTest {

  /** The loop itself, on a poller that only counts; public for Lincheck. */
  public static final class Sleeping {
    /** What the eventfd would hold. */
    private final AtomicInteger eventfd = new AtomicInteger();

    private final AtomicInteger wakeups = new AtomicInteger();
    private final AtomicInteger guestQueue = new AtomicInteger();
    private final EventLoop loop =
        EventLoop.builder().clock(() -> 0).poller(poller()).runQueue(runQueue()).build();

    private boolean asleep;
    private int sleeps;

    public Sleeping() {}

    @Operation
    public void post() {
      loop.post(() -> {});
    }

    /** As {@code call_soon_threadsafe}. */
    @Operation
    public void fillTheGuestsQueue() {
      guestQueue.incrementAndGet();
      loop.wakeup();
    }

    @Operation(nonParallelGroup = "loop")
    public void sleep() {
      if (!asleep) {
        sleeps++;
        asleep = loop.passOf().prepareWait() != Long.MIN_VALUE;
      }
    }

    @Operation(nonParallelGroup = "loop")
    public void run() {
      asleep = false;
      loop.runOnce(Long.MIN_VALUE);
    }

    @Validate
    public void noNewsSleeps() {
      boolean news = !loop.passOf().posts.isEmpty() || guestQueue.get() > 0;
      if (asleep && news && eventfd.get() == 0) {
        throw new IllegalStateException("the loop sleeps on news and nothing wakes it");
      }
      if (wakeups.get() > sleeps) {
        throw new IllegalStateException("two wake-ups for one sleep");
      }
    }

    private Poller poller() {
      return new Poller() {
        @Override
        public int poll(long timeoutNanos, ReadyHandler sink) {
          eventfd.set(0);
          return 0;
        }

        @Override
        public void wakeup() {
          eventfd.incrementAndGet();
          wakeups.incrementAndGet();
        }

        @Override
        public void set(int fd, int interest) {}

        @Override
        public void remove(int fd) {}

        @Override
        public void close() {}
      };
    }

    private RunQueue runQueue() {
      return new RunQueue() {
        @Override
        public boolean isEmpty() {
          return guestQueue.get() == 0;
        }

        @Override
        public void drain() {
          guestQueue.set(0);
        }
      };
    }
  }

  /** The queue, against itself run by one thread; public for Lincheck. */
  public static final class Queue {
    private final PostQueue posts = new PostQueue();

    public Queue() {}

    @Operation
    public boolean push(int number) {
      return posts.push(new Post(number));
    }

    @Operation(nonParallelGroup = "loop")
    public List<Integer> run() {
      List<Integer> ran = new ArrayList<>();
      posts.run(task -> ran.add(((Post) task).number));
      return ran;
    }

    @Operation(nonParallelGroup = "loop")
    public List<Integer> close() {
      return posts.close().stream().map(task -> ((Post) task).number).toList();
    }
  }

  private record Post(int number) implements Runnable {
    @Override
    public void run() {}
  }

  @Test
  void noNewsSleeps() {
    // Nothing after the parallel part: one more post would wake a loop that sleeps on the last one.
    new ModelCheckingOptions()
        .iterations(12)
        .invocationsPerIteration(400)
        .threads(3)
        .actorsPerThread(2)
        .actorsBefore(1)
        .actorsAfter(0)
        .check(Sleeping.class);
  }

  @Test
  void theQueueIsAQueue() {
    new ModelCheckingOptions()
        .iterations(10)
        .invocationsPerIteration(300)
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1)
        .check(Queue.class);
  }
}
