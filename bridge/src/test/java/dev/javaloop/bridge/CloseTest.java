package dev.javaloop.bridge;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How a runtime ends. One for each test.
class CloseTest {
  private static final Duration AMPLE = Duration.ofSeconds(SharedRuntime.HANG_SECONDS);

  @TempDir Path folder;
  private PythonRuntime python;
  private PythonModule app;
  private Thread loopThread;

  @BeforeEach
  void start() {
    python = Engine.start();
    app = python.module("app");
    loopThread = Engine.loopThread();
  }

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    assertTrue(python.close(AMPLE));
    Engine.assertEnded(loopThread);
  }

  private CompletableFuture<Object> startedCall(String function, Object... arguments) {
    CompletableFuture<Object> call = app.async(function).call(Object.class, arguments);
    SharedRuntime.get(app.async("wait_started").call(Void.class, arguments[0]));
    return call;
  }

  /// The loop is blocked, and cannot say that it is: a file says it.
  private CompletableFuture<Object> blockingCall(String function) {
    Path marker = folder.resolve("marker");
    CompletableFuture<Object> call = app.async(function).call(Object.class, marker.toString());
    awaitFile(marker, call);
    return call;
  }

  /// A thread that waits for the script's end.
  ///
  /// @param name of a file in the folder `scripts`
  private CompletableFuture<Integer> startedScript(String name, Path... arguments) {
    Path script = SharedRuntime.SOURCES.resolve("scripts").resolve(name);
    String[] words = Stream.of(arguments).map(Path::toString).toArray(String[]::new);
    return CompletableFuture.supplyAsync(() -> python.run(script, words));
  }

  private static void awaitFile(Path file, CompletableFuture<?> writer) {
    while (!Files.exists(file)) {
      assertFalse(writer.isDone(), "it runs");
      Thread.yield();
    }
  }

  @Test
  void anIdleRuntimeEndsAtOnce() {
    long began = System.nanoTime();
    assertTrue(python.close(AMPLE));
    System.out.printf("closing an idle runtime: %d ms%n", millisSince(began));
    assertTrue(python.close(AMPLE), "a second time");
    assertDoesNotThrow(() -> python.close(), "a third time");
  }

  @Test
  void aClosedRuntimeSaysSo() {
    AsyncFunction echo = app.async("echo");
    PythonFunction echoNow = app.function("echo_now");
    python.close();
    for (org.junit.jupiter.api.function.Executable use :
        List.<org.junit.jupiter.api.function.Executable>of(
            () -> echo.call(Object.class, 1),
            () -> echoNow.call(Object.class, 1),
            () -> app.async("echo"),
            () -> python.module("app"),
            () -> python.run(SharedRuntime.SOURCES.resolve("scripts/exits.py"), "0"))) {
      IllegalStateException e = assertThrows(IllegalStateException.class, use);
      assertEquals("the Python runtime is closed; start another one", e.getMessage());
    }
  }

  @Test
  void tasksAreCancelledAndTheirFinallyBlocksRun() throws Exception {
    Path written = folder.resolve("written");
    CompletableFuture<Object> call = startedCall("write_when_cancelled", "w", written.toString());
    assertTrue(python.close(AMPLE));
    assertEquals("finally", Files.readString(written));
    assertTrue(call.isDone());
    assertThrows(CancellationException.class, call::join);
  }

  @Test
  void finallyBlocksMayAwaitJava() throws Exception {
    Path written = folder.resolve("written");
    CompletableFuture<Object> answer = new CompletableFuture<>();
    CompletableFuture<Object> call = startedCall("await_java_in_finally", "a", answer);
    CompletableFuture<Boolean> closed = CompletableFuture.supplyAsync(() -> python.close(AMPLE));
    // The task is cancelled, and waits for the answer.
    assertThrows(
        IllegalStateException.class,
        () -> {
          while (true) {
            app.async("echo").call(Object.class, 1);
            Thread.yield();
          }
        });
    answer.complete(written.toString());
    assertTrue(closed.get(SharedRuntime.HANG_SECONDS, TimeUnit.SECONDS));
    assertEquals("done", Files.readString(written));
    assertThrows(CancellationException.class, call::join);
  }

  @Test
  void callsThatRaceWithClosingAllComplete() throws Exception {
    AsyncFunction add = app.async("add");
    List<CompletableFuture<Integer>> calls = new ArrayList<>();
    CompletableFuture<Void> ready = new CompletableFuture<>();
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    for (int i = 0; ; i++) {
                      calls.add(add.call(Integer.class, i, 1));
                      if (i == 100) {
                        ready.complete(null);
                      }
                    }
                  } catch (IllegalStateException closed) {
                    ready.completeExceptionally(closed);
                  }
                });
    ready.get(SharedRuntime.HANG_SECONDS, TimeUnit.SECONDS);
    assertTrue(python.close(AMPLE));
    assertTrue(caller.join(AMPLE));
    for (int i = 0; i < calls.size(); i++) {
      CompletableFuture<Integer> call = calls.get(i);
      assertTrue(call.isDone(), "call " + i + " of " + calls.size());
      if (!call.isCompletedExceptionally()) {
        assertEquals(i + 1, call.join());
      } else {
        assertThrows(CancellationException.class, call::join);
      }
    }
  }

  @Test
  void aTaskThatSleepsInPythonIsEndedByForce() throws Exception {
    endsByForce(blockingCall("block_in_sleep"));
  }

  @Test
  void aTaskThatSpinsIsEndedByForce() throws Exception {
    endsByForce(blockingCall("spin"));
  }

  @Test
  void aTaskThatRefusesToEndIsEndedByForce() throws Exception {
    endsByForce(startedCall("refuse_to_end", "r"));
  }

  private void endsByForce(CompletableFuture<Object> call) throws InterruptedException {
    Duration limit = Duration.ofMillis(500);
    long began = System.nanoTime();
    assertFalse(python.close(limit), "not within the limit");
    long took = millisSince(began);
    System.out.printf("closing by force after %d ms: %d ms%n", limit.toMillis(), took);
    assertTrue(took >= limit.toMillis(), "the limit was waited for");
    Engine.assertEnded(loopThread);
    assertTrue(call.isDone());
    assertThrows(CancellationException.class, call::join);
  }

  @Test
  void aScriptIsInterruptedAndItsFinallyBlocksRun() throws Exception {
    Path started = folder.resolve("started");
    Path written = folder.resolve("written");
    CompletableFuture<Integer> status = startedScript("serves_forever.py", started, written);
    CompletableFuture<Integer> queued = startedScript("serves_forever.py", started, written);
    awaitFile(started, status);
    assertTrue(python.close(AMPLE));
    assertEquals("finally", Files.readString(written));
    for (CompletableFuture<Integer> each : List.of(status, queued)) {
      Throwable error =
          assertThrows(
                  java.util.concurrent.ExecutionException.class,
                  () -> each.get(SharedRuntime.HANG_SECONDS, TimeUnit.SECONDS))
              .getCause();
      assertTrue(
          error instanceof CancellationException || error instanceof IllegalStateException,
          error::toString);
    }
  }

  @Test
  void aScriptThatSleepsIsInterruptedAtOnce() throws Exception {
    assumeTrue(
        Engine.CURRENT != Engine.GRAALPY,
        "GraalPy's time.sleep goes on when its thread is interrupted: close() waits for its limit");
    Path started = folder.resolve("started");
    Path written = folder.resolve("written");
    CompletableFuture<Integer> status = startedScript("sleeps.py", started, written);
    awaitFile(started, status);
    assertTrue(python.close(AMPLE));
    assertEquals("KeyboardInterrupt", Files.readString(written));
    assertThrows(java.util.concurrent.CompletionException.class, status::join);
  }

  @Test
  void tasksBesideAScriptMayFinishToo() throws Exception {
    Path started = folder.resolve("started");
    Path byTask = folder.resolve("by-task");
    CompletableFuture<Object> call = startedCall("write_when_cancelled", "t", byTask.toString());
    CompletableFuture<Integer> status =
        startedScript("serves_forever.py", started, folder.resolve("by-script"));
    awaitFile(started, status);
    assertTrue(python.close(AMPLE));
    assertEquals("finally", Files.readString(byTask));
    assertThrows(CancellationException.class, call::join);
  }

  @Test
  void anInterruptThatTheEngineTookAwayStillReachesTheScript() throws Exception {
    Path started = folder.resolve("started");
    Path goOn = folder.resolve("go-on");
    CompletableFuture<Integer> status =
        startedScript("calls_the_system_then_waits.py", started, goOn);
    awaitFile(started, status);
    CompletableFuture<Boolean> inTime = new CompletableFuture<>();
    Thread closer = Thread.ofPlatform().start(() -> inTime.complete(python.close(AMPLE)));
    // It waits when it has interrupted the script, which CPython may have ended by then.
    while (closer.isAlive() && closer.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    Files.createFile(goOn);
    assertTrue(inTime.get(SharedRuntime.HANG_SECONDS, TimeUnit.SECONDS));
    Throwable error =
        assertThrows(java.util.concurrent.CompletionException.class, status::join).getCause();
    assertTrue(error instanceof CancellationException, error::toString);
  }

  @Test
  void theLoopsOwnThreadCannotClose() throws Exception {
    CompletableFuture<Object> gate = new CompletableFuture<>();
    CompletableFuture<Object> error =
        app.async("await_it")
            .call(Object.class, gate)
            .thenApply(_ -> assertThrows(IllegalStateException.class, () -> python.close(AMPLE)));
    gate.complete(1);
    assertTrue(
        error.get(SharedRuntime.HANG_SECONDS, TimeUnit.SECONDS).toString().contains("own thread"));
  }

  @Test
  void hugeAndNegativeLimits() {
    CompletableFuture<Object> call = startedCall("sleep_forever", "n");
    assertTrue(python.close(Duration.ofSeconds(Long.MAX_VALUE)));
    assertTrue(call.isDone());
    assertTrue(python.close(Duration.ofSeconds(-1)) || !loopThread.isAlive());
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }
}
