package dev.javaloop.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a pass does, in which order, and how long it waits. */
final class PassTest {
  private final ManualClock clock = new ManualClock();
  private final FakePoller poller = new FakePoller(clock);
  private final GuestQueue queue = new GuestQueue();
  private final EventLoop loop =
      EventLoop.builder().clock(clock).poller(poller).runQueue(queue).build();
  private final List<String> log = new ArrayList<>();

  private int run() {
    return loop.runOnce(EventLoop.NO_DEADLINE);
  }

  @Test
  void descriptorsThenTimersThenPostsThenTheRunQueue() throws IOException {
    queue.tasks.add(() -> log.add("queue"));
    loop.post(() -> log.add("post"));
    loop.schedule(clock.now, id -> log.add("timer"));
    loop.watch(7, Interest.READ, (fd, ops) -> log.add("fd " + fd));
    loop.watch(3, Interest.READ, (fd, ops) -> log.add("fd " + fd));
    poller.ready.add(new FakePoller.Ready(7, Interest.READ));
    poller.ready.add(new FakePoller.Ready(3, Interest.READ));

    assertEquals(4, run(), "handlers, timers and posts count");
    assertEquals(List.of("fd 7", "fd 3", "timer", "post", "queue"), log);
  }

  @Test
  void whatAPassAddsWaitsForTheNext() {
    loop.post(
        () -> {
          log.add("post");
          loop.post(() -> log.add("post of post"));
        });
    loop.schedule(
        clock.now,
        id -> {
          log.add("timer");
          loop.schedule(0, again -> log.add("timer of timer"));
        });
    assertEquals(2, run());
    assertEquals(List.of("timer", "post"), log);
    log.clear();
    assertEquals(2, run());
    assertEquals(List.of("timer of timer", "post of post"), log);
  }

  @Test
  void aPostOfATimerIsThereInTheSamePass() {
    loop.schedule(clock.now, id -> loop.post(() -> log.add("post")));
    run();
    assertEquals(List.of("post"), log);
  }

  @Test
  void everyPassPollsAndDrainsOnce() {
    queue.tasks.add(() -> queue.tasks.add(() -> log.add("second")));
    run();
    assertEquals(List.of(0L), poller.timeouts);
    assertEquals(1, queue.drains);
    assertEquals(List.of(), log);
    run();
    assertEquals(List.of(0L, 0L), poller.timeouts);
    assertEquals(List.of("second"), log);
  }

  @Test
  void waitsUntilTheEarlierOfDeadlineAndTimer() {
    run();
    assertEquals(Long.MAX_VALUE, poller.lastTimeout());
    loop.schedule(clock.now + 50, id -> log.add("timer"));
    loop.runOnce(clock.now + 20);
    assertEquals(20, poller.lastTimeout());
    assertEquals(List.of(), log);
    loop.runOnce(clock.now + 100);
    assertEquals(30, poller.lastTimeout());
    assertEquals(List.of("timer"), log);
  }

  @Test
  void aDeadlineInThePastDoesNotWait() {
    loop.runOnce(clock.now);
    assertEquals(0, poller.lastTimeout());
    loop.runOnce(Long.MIN_VALUE);
    assertEquals(0, poller.lastTimeout());
  }

  @Test
  void noDeadlineNeitherFiresNorOverflows() {
    clock.now = -5;
    loop.schedule(EventLoop.NO_DEADLINE, id -> log.add("never"));
    run();
    assertEquals(Long.MAX_VALUE, poller.lastTimeout());
    loop.runOnce(EventLoop.NO_DEADLINE - 1);
    assertEquals(Long.MAX_VALUE, poller.lastTimeout(), "a distance that does not fit is no limit");
    clock.now = Long.MAX_VALUE;
    run();
    assertEquals(List.of(), log);
  }

  @Test
  void workKeepsItFromWaiting() {
    loop.post(() -> {});
    run();
    assertEquals(0, poller.lastTimeout(), "a post");
    queue.tasks.add(() -> {});
    run();
    assertEquals(0, poller.lastTimeout(), "the run queue");
    loop.stop();
    run();
    assertEquals(0, poller.lastTimeout(), "a stop");
    assertTrue(loop.takeStop());
    run();
    assertEquals(Long.MAX_VALUE, poller.lastTimeout(), "nothing");
  }

  @Test
  void wakeupKeepsExactlyTheNextPassFromWaiting() {
    loop.wakeup();
    loop.wakeup();
    run();
    run();
    assertEquals(List.of(0L, Long.MAX_VALUE), poller.timeouts);
    assertEquals(0, poller.wakeups, "nobody slept");
  }

  @Test
  void wakeupInsideAPassCountsForTheNext() {
    loop.post(loop::wakeup);
    run();
    run();
    assertEquals(List.of(0L, 0L), poller.timeouts);
  }

  @Test
  void aHandlerTakenAwayInTheSamePassIsNotCalled() throws IOException {
    loop.watch(3, Interest.READ, (fd, ops) -> loop.unwatch(4));
    loop.watch(4, Interest.READ, (fd, ops) -> log.add("unwatched"));
    poller.ready.add(new FakePoller.Ready(3, Interest.READ));
    poller.ready.add(new FakePoller.Ready(4, Interest.READ));
    assertEquals(1, run());
    assertEquals(List.of(), log);
  }

  @Test
  void passesDoNotNest() {
    List<IllegalStateException> errors = new ArrayList<>();
    loop.post(() -> errors.add(assertThrows(IllegalStateException.class, this::run)));
    loop.post(() -> errors.add(assertThrows(IllegalStateException.class, loop::close)));
    loop.post(() -> errors.add(assertThrows(IllegalStateException.class, loop::unbind)));
    run();
    assertEquals(
        List.of(
            "event-loop: runOnce inside a pass; let the pass end first",
            "event-loop: close inside a pass; let the pass end first",
            "event-loop: unbind inside a pass; let the pass end first"),
        errors.stream().map(Throwable::getMessage).toList());
    assertEquals(0, loop.runOnce(clock.now), "the loop still runs");
  }
}
