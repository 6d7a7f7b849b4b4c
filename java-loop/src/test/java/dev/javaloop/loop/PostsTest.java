package dev.javaloop.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Posts keep their order, and cost at most one wake-up for each sleep. */
@ExtendWith(NoLeaks.class)
@Tag("class-path")
final class PostsTest {
  private final ManualClock clock = new ManualClock();
  private final FakePoller poller = new FakePoller(clock);

  private EventLoop loopWithoutTime() {
    return EventLoop.builder().clock(clock).poller(poller).build();
  }

  @Test
  void manyPostsIntoOneSleepAreOneWakeup() {
    EventLoop loop = loopWithoutTime();
    poller.whileWaiting =
        () -> {
          for (int i = 0; i < 100; i++) {
            loop.post(() -> {});
          }
          loop.wakeup();
          loop.stop();
        };
    assertEquals(100, loop.runOnce(EventLoop.NO_DEADLINE), "the pass that was woken runs them");
    assertEquals(1, poller.wakeups);
    assertEquals(1, loop.stats().wakeups());
    loop.takeStop();
    loop.runOnce(EventLoop.NO_DEADLINE);
    assertEquals(2, poller.wakeups, "the next sleep, the next one");
  }

  @Test
  void aPostToALoopThatIsAwakeCostsNone() {
    EventLoop loop = loopWithoutTime();
    loop.post(() -> loop.post(() -> {}));
    loop.runOnce(clock.now);
    loop.post(() -> {});
    loop.runOnce(clock.now);
    assertEquals(0, poller.wakeups);
  }

  @Test
  void postsOfAHandlerAfterTheSleepCostNone() throws Exception {
    EventLoop loop = loopWithoutTime();
    loop.watch(3, Interest.READ, (fd, ops) -> loop.post(() -> {}));
    poller.whileWaiting = () -> poller.ready.add(new FakePoller.Ready(3, Interest.READ));
    assertEquals(2, loop.runOnce(EventLoop.NO_DEADLINE));
    assertEquals(0, poller.wakeups);
  }

  @Test
  void eachPostersOrderIsKept() throws Exception {
    int posters = 4;
    int each = 20_000;
    int[] next = new int[posters];
    List<String> wrong = new ArrayList<>();
    try (EventLoop loop = EventLoop.open()) {
      List<Thread> threads = new ArrayList<>();
      for (int poster = 0; poster < posters; poster++) {
        int from = poster;
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int i = 0; i < each; i++) {
                        int number = i;
                        loop.post(
                            () -> {
                              if (next[from]++ != number) {
                                wrong.add(from + ": " + number);
                              }
                            });
                      }
                    }));
      }
      for (int left = posters * each; left > 0; ) {
        left -= loop.runOnce(EventLoop.NO_DEADLINE);
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertEquals(List.of(), wrong);
  }

  /** Each turn needs a wake-up that arrives about when the loop falls asleep: a lost one hangs. */
  @Test
  void noWakeupIsLost() throws Exception {
    int turns = 50_000;
    Semaphore ran = new Semaphore(1);
    try (EventLoop loop = EventLoop.open()) {
      Thread poster =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < turns; i++) {
                      ran.acquireUninterruptibly();
                      loop.post(ran::release);
                    }
                  });
      for (int left = turns; left > 0; ) {
        left -= loop.runOnce(EventLoop.NO_DEADLINE);
      }
      poster.join();
    }
  }

  @Test
  void closeGivesBackWhatDidNotRun() {
    EventLoop loop = loopWithoutTime();
    List<String> ran = new ArrayList<>();
    loop.post(() -> ran.add("first"));
    loop.post(() -> ran.add("second"));
    loop.closeNow().forEach(Runnable::run);
    assertEquals(List.of("first", "second"), ran);
    assertEquals(
        "event-loop is closed",
        assertThrows(RejectedExecutionException.class, () -> loop.post(() -> {})).getMessage());
  }
}
