package dev.javaloop.bridge.graalpy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javaloop.bridge.host.HostLoop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// An idle loop, with Python below Java on the stack and no timer pending, heeds whoever wants it
/// to end.
class InterruptTest {
  /// A second is the promise; machines that do other work as well get more.
  private static final int LIMIT_SECONDS = 20;

  private static final int HANG_SECONDS = 120;

  private final CompletableFuture<Value> result = new CompletableFuture<>();
  private Context context;
  private Thread thread;

  @BeforeEach
  void runALoop() throws Exception {
    CompletableFuture<HostLoop> running = new CompletableFuture<>();
    thread =
        new Thread(
            null,
            () -> {
              try {
                context = GraalPyContext.builder(Map.of(), List.of("")).build();
                GraalPyContext.prepare(context);
                Value loop = context.eval("python", "import javaloop; javaloop.Loop()");
                running.complete(loop.getMember("_host").asHostObject());
                result.complete(loop.invokeMember("run_forever"));
              } catch (Throwable e) {
                running.completeExceptionally(e);
                result.completeExceptionally(e);
              }
            },
            "loop",
            64L << 20);
    thread.start();
    HostLoop loop = running.get(HANG_SECONDS, TimeUnit.SECONDS);
    // It sleeps once it has gone into a poll that blocks.
    int blockingPolls = 2;
    while (loop.stats()[blockingPolls] == 0) {
      Thread.yield();
    }
  }

  @AfterEach
  void end() throws InterruptedException {
    context.close(true);
    assertTrue(thread.join(Duration.ofSeconds(HANG_SECONDS)));
  }

  @Test
  void threadInterrupt() throws Exception {
    long began = System.nanoTime();
    thread.interrupt();
    PolyglotException e = endsSoon("Thread.interrupt", began);
    assertEquals(
        "KeyboardInterrupt", e.getGuestObject().getMetaObject().getMetaSimpleName(), "as Ctrl-C");
  }

  @Test
  void contextInterrupt() throws Exception {
    long began = System.nanoTime();
    context.interrupt(Duration.ofSeconds(HANG_SECONDS));
    PolyglotException e = endsSoon("Context.interrupt", began);
    assertTrue(e.isInterrupted(), e::toString);
    assertEquals(3, context.eval("python", "1 + 2").asInt(), "the context lives");
  }

  @Test
  void contextClose() throws Exception {
    long began = System.nanoTime();
    context.close(true);
    PolyglotException e = endsSoon("Context.close(true)", began);
    assertTrue(e.isCancelled(), e::toString);
  }

  private PolyglotException endsSoon(String what, long began) throws Exception {
    Throwable error = result.handle((_, thrown) -> thrown).get(HANG_SECONDS, TimeUnit.SECONDS);
    long millis = (System.nanoTime() - began) / 1_000_000;
    System.out.printf("%s ended an idle loop in %d ms%n", what, millis);
    assertTrue(millis < LIMIT_SECONDS * 1000L, what + " took " + millis + " ms");
    return assertInstanceOf(PolyglotException.class, error);
  }
}
