package dev.javaloop.loop;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Whose loop it is, when it ends, and what the others are told. */
final class ThreadRulesTest {
  private final FakePoller poller = new FakePoller(new ManualClock());
  private final EventLoop loop = EventLoop.builder().name("one").poller(poller).build();

  private Map<String, Executable> ownersCalls() {
    Map<String, Executable> calls = new LinkedHashMap<>();
    calls.put("bind", loop::bind);
    calls.put("runOnce", () -> loop.runOnce(0));
    calls.put("schedule", () -> loop.schedule(0, id -> {}));
    calls.put("cancel", () -> loop.cancel(0));
    calls.put("close", loop::close);
    return calls;
  }

  private Map<String, Executable> anyonesCalls() {
    Map<String, Executable> calls = new LinkedHashMap<>();
    calls.put("watch", () -> loop.watch(0, Interest.READ, (fd, readyOps) -> {}));
    calls.put("unwatch", () -> loop.unwatch(0));
    return calls;
  }

  private static void elsewhere(Runnable task) throws InterruptedException {
    Throwable[] thrown = new Throwable[1];
    Thread thread = Thread.ofPlatform().name("other").unstarted(task);
    thread.setUncaughtExceptionHandler((t, e) -> thrown[0] = e);
    thread.start();
    thread.join();
    if (thrown[0] != null) {
      throw new AssertionError(thrown[0]);
    }
  }

  @Test
  void anotherThreadIsToldToPost() throws InterruptedException {
    assertTrue(loop.bind());
    String me = Thread.currentThread().getName();
    elsewhere(
        () ->
            ownersCalls()
                .forEach(
                    (name, call) -> {
                      String message = assertThrows(IllegalStateException.class, call).getMessage();
                      assertEquals(
                          "one: %s in thread other, but the loop belongs to thread %s; use post(...) to run something there"
                              .formatted(name, me),
                          message);
                    }));
    elsewhere(
        () -> {
          assertFalse(loop.inLoop());
          loop.post(() -> {});
          loop.wakeup();
          loop.stop();
          anyonesCalls().forEach((name, call) -> assertDoesNotThrow(call, name));
        });
    assertEquals(1, loop.runOnce(0));
    assertTrue(loop.stopRequested());
  }

  @Test
  void bindingNests() throws InterruptedException {
    assertTrue(loop.bind());
    assertFalse(loop.bind());
    assertTrue(loop.inLoop());
    loop.runOnce(0);
    assertTrue(loop.inLoop(), "a pass leaves a binding as it was");
    loop.unbind();
    assertFalse(loop.inLoop());
    assertThrows(IllegalStateException.class, loop::unbind);
    elsewhere(
        () -> {
          loop.schedule(0, id -> assertTrue(loop.inLoop()));
          assertEquals(1, loop.runOnce(0));
          assertFalse(loop.inLoop(), "bound for the pass only");
        });
    loop.runOnce(0);
  }

  @Test
  void closedForAll() {
    loop.close();
    loop.close();
    assertTrue(poller.closed && loop.isClosed());
    Map<String, Executable> calls = ownersCalls();
    calls.putAll(anyonesCalls());
    calls.forEach(
        (name, call) -> {
          if (!name.equals("close")) {
            assertEquals(
                "one is closed",
                assertThrows(IllegalStateException.class, call, name).getMessage());
          }
        });
    loop.wakeup();
    loop.stop();
    loop.stats();
    assertEquals("EventLoop[one, closed]", loop.toString());
  }

  @Test
  void aStopIsTakenOnce() {
    assertFalse(loop.takeStop());
    loop.stop();
    loop.stop();
    assertTrue(loop.stopRequested());
    assertTrue(loop.takeStop());
    assertFalse(loop.takeStop());
    assertFalse(loop.stopRequested());
  }
}
