package dev.javaloop.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/// Coroutine functions as Java calls them.
class AsyncCallTest extends SharedRuntime {

  @Test
  void theLoopIsOurs() {
    assertEquals("javaloop.Loop", call("loop_type", String.class));
  }

  @Test
  void modulesAreImportedOrSayWhyNot() {
    PythonException missing =
        assertThrows(PythonException.class, () -> python.module("no_such_module"));
    assertEquals("ModuleNotFoundError", missing.type());
    assertEquals("No module named 'no_such_module'", missing.pythonMessage());
    PythonException broken = assertThrows(PythonException.class, () -> python.module("broken"));
    assertEquals("RuntimeError", broken.type());
    assertEquals("RuntimeError: not today", broken.getMessage());
    assertTrue(broken.traceback().contains("broken.py\", line 3, in <module>"), broken.traceback());
    assertScriptFramesOnly(broken.traceback());
    assertEquals(
        "spam.py", python.module("os.path").function("basename").call(String.class, "a/spam.py"));
  }

  @Test
  void functionsAreFoundOrSayWhyNot() {
    assertEquals("fetched x", get(app.async("client.fetch").call(String.class, "x")));
    PythonException missing = assertThrows(PythonException.class, () -> app.async("no_such"));
    assertEquals("AttributeError", missing.type());
    PythonException noFunction = assertThrows(PythonException.class, () -> app.async("VERSION"));
    assertEquals("TypeError", noFunction.type());
    assertEquals("VERSION is not a function but int", noFunction.pythonMessage());
  }

  @Test
  void aPlainFunctionIsNoAsyncOne() {
    PythonException e =
        assertThrows(PythonException.class, () -> call("echo_now", String.class, "x"));
    assertEquals("TypeError", e.type());
    assertEquals(
        "echo_now is not an async function: it returned str, which cannot be awaited; look it up"
            + " with function()",
        e.pythonMessage());
  }

  @Test
  void pythonsOwnThreads() {
    AsyncFunction divide = app.async("divide_in_a_thread");
    assertEquals(List.of(3, 2), get(divide.call(List.class, 17, 5)));
    for (int i = 0; i < 50; i++) { // the traceback is read while the thread still ends
      CompletableFuture<Object> failing = divide.call(Object.class, 1, 0);
      PythonException e =
          (PythonException) assertThrows(CompletionException.class, failing::join).getCause();
      assertEquals("ZeroDivisionError", e.type());
      assertTrue(e.traceback().contains("in divide_in_a_thread"), e.traceback());
    }
  }

  @Test
  void manyCallsFromManyThreads() throws Exception {
    AsyncFunction add = app.async("add");
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<List<CompletableFuture<Integer>>>> started = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int base = 1000 * t;
        started.add(
            threads.submit(
                () -> {
                  List<CompletableFuture<Integer>> sums = new ArrayList<>();
                  for (int i = 0; i < 250; i++) {
                    sums.add(add.call(Integer.class, base, i));
                  }
                  return sums;
                }));
      }
      for (int t = 0; t < 4; t++) {
        List<CompletableFuture<Integer>> sums = started.get(t).get();
        for (int i = 0; i < 250; i++) {
          assertEquals(1000 * t + i, get(sums.get(i)));
        }
      }
    }
  }

  @Test
  void cancellingCancelsTheTask() {
    CompletableFuture<Object> call = app.async("sleep_forever").call(Object.class, "cancelled");
    call("wait_started", Void.class, "cancelled");
    assertFalse(call.isDone());
    assertTrue(call.cancel(true));
    assertTrue(call.isCancelled());
    assertThrows(CancellationException.class, call::join);
    call("settle", Void.class);
    List<?> cancelled = app.function("cancelled_names").call(List.class);
    List<?> finished = app.function("finished_names").call(List.class);
    assertTrue(cancelled.contains("cancelled"), "CancelledError was raised inside");
    assertTrue(finished.contains("cancelled"), "the finally block ran to its end");
  }

  @Test
  void cancelledBeforeItStartsItNeverRuns() throws Exception {
    AsyncFunction ignore = app.async("ignore");
    AsyncFunction never = app.async("sleep_forever");
    // The loop's thread is held where it takes over an earlier call's argument.
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Object> holding =
        new CompletableFuture<>() {
          @Override
          public CompletableFuture<Object> whenComplete(
              BiConsumer<? super Object, ? super Throwable> action) {
            held.countDown();
            try {
              release.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return super.whenComplete(action);
          }
        };
    CompletableFuture<Object> holder = ignore.call(Object.class, holding);
    held.await();
    CompletableFuture<Object> call = never.call(Object.class, "never");
    assertTrue(call.cancel(false));
    release.countDown();
    get(holder);
    call("settle", Void.class);
    List<?> finished = app.function("finished_names").call(List.class);
    assertTrue(call.isCancelled());
    assertFalse(finished.contains("never"));
  }

  @Test
  void aTaskMayIgnoreItsCancellation() {
    CompletableFuture<String> call =
        app.async("ignore_cancellation").call(String.class, "ignoring");
    call("wait_started", Void.class, "ignoring");
    call.cancel(true);
    assertTrue(call.isCancelled());
    call("wait_finished", Void.class, "ignoring");
  }

  @Test
  void whatACancelledTaskRaisesReachesTheExceptionHandler() {
    app.function("collect_errors").call(Void.class);
    try {
      CompletableFuture<Object> call =
          app.async("fail_when_cancelled").call(Object.class, "failing");
      call("wait_started", Void.class, "failing");
      call.cancel(true);
      call("settle", Void.class);
      assertEquals(
          List.of("exception in a task whose call Java had cancelled: LookupError(failing)"),
          app.function("take_errors").call(List.class));
    } finally {
      app.function("restore_errors").call(Void.class);
    }
  }

  @Test
  void whatACallbackRaisesReachesTheExceptionHandler() {
    app.function("collect_errors").call(Void.class);
    try {
      call("raise_in_callback", Void.class);
      List<?> errors = app.function("take_errors").call(List.class);
      assertEquals(1, errors.size());
      assertTrue(errors.get(0).toString().endsWith("KeyError('in a callback')"), errors::toString);
      assertEquals("went on", call("exit_in_callback", String.class));
      assertEquals(
          List.of("SystemExit in a callback: SystemExit(7)"),
          app.function("take_errors").call(List.class));
    } finally {
      app.function("restore_errors").call(Void.class);
    }
  }

  @Test
  void aFailureArrivesWithItsTraceback() {
    PythonException e = assertThrows(PythonException.class, () -> call("fail", Void.class, "bad"));
    assertEquals("ValueError", e.type());
    assertEquals("bad", e.pythonMessage());
    assertEquals("ValueError: bad", e.getMessage());
    assertTrue(e.traceback().startsWith("Traceback (most recent call last):\n"), e.traceback());
    assertTrue(e.traceback().contains("app.py\", line "), e.traceback());
    assertTrue(e.traceback().contains("raise ValueError(message)"), e.traceback());
    assertTrue(e.traceback().endsWith("ValueError: bad\n"), e.traceback());
    assertEquals(1, e.traceback().lines().filter(line -> line.contains("File \"")).count());
    assertScriptFramesOnly(e.traceback());
  }

  @Test
  void causesAreInTheTraceback() {
    PythonException e =
        assertThrows(PythonException.class, () -> call("fail_with_cause", Void.class));
    assertEquals("app.Oops", e.type());
    assertEquals("outer", e.pythonMessage());
    assertTrue(e.traceback().contains("ValueError: inner"), e.traceback());
    assertTrue(e.traceback().contains("direct cause"), e.traceback());
    assertScriptFramesOnly(e.traceback());
  }

  @Test
  void groupsAreInTheTraceback() {
    assumeFalse(Engine.VERSION.equals("3.10"), "exception groups came with 3.11");
    PythonException group =
        assertThrows(PythonException.class, () -> call("fail_in_group", Void.class));
    assertEquals("ExceptionGroup", group.type());
    assertTrue(group.traceback().contains("ValueError: one"), group.traceback());
    assertFalse(group.traceback().contains("javaloop"), group.traceback());
  }

  @Test
  void anExceptionWithoutTextStillArrives() {
    PythonException e =
        assertThrows(PythonException.class, () -> call("fail_unprintable", Void.class));
    assertEquals("app.Unprintable", e.type());
    assertEquals("<its str() raised RuntimeError>", e.pythonMessage());
  }

  @Test
  void exitEndsTheCallAndNotTheRuntime() {
    PythonException e = assertThrows(PythonException.class, () -> call("exit_now", Void.class, 3));
    assertEquals("SystemExit", e.type());
    assertEquals("3", e.pythonMessage());
    assertEquals(3, call("add", Integer.class, 1, 2));
  }

  @Test
  void dependentsRunOnTheLoopAndMustNotWaitForIt() throws Exception {
    CompletableFuture<String> threadName =
        app.async("echo").call(Integer.class, 1).thenApply(_ -> Thread.currentThread().getName());
    String name = get(threadName);
    assertTrue(name.equals("javaloop-python") || name.equals(Thread.currentThread().getName()));

    // The call is held up until the dependent is there: it then runs on the loop's thread.
    CompletableFuture<Integer> gate = new CompletableFuture<>();
    CompletableFuture<Void> waits =
        app.async("await_it")
            .call(Integer.class, gate)
            .thenAccept(_ -> app.function("echo_now").call(Integer.class, 2));
    gate.complete(1);
    ExecutionException e = assertThrows(ExecutionException.class, waits::get);
    IllegalStateException cause = assertInstanceOf(IllegalStateException.class, e.getCause());
    assertTrue(cause.getMessage().contains("the loop's own thread"), cause.getMessage());

    AsyncFunction add = app.async("add"); // to look it up is to wait
    CompletableFuture<Integer> gate2 = new CompletableFuture<>();
    CompletableFuture<Integer> chained =
        app.async("await_it")
            .call(Integer.class, gate2)
            .thenCompose(n -> add.call(Integer.class, n, 1));
    gate2.complete(1);
    assertEquals(2, get(chained), "an async call does not wait");
  }

  @Test
  void dependentsAreNotCalls() {
    CompletableFuture<Object> call = app.async("sleep_forever").call(Object.class, "dependent");
    CompletableFuture<Object> dependent = call.thenApply(value -> value);
    assertNotSame(call.getClass(), dependent.getClass());
    call("wait_started", Void.class, "dependent");
    dependent.cancel(true);
    assertFalse(call.isDone());
    call.cancel(true);
  }

  static void assertScriptFramesOnly(String traceback) {
    assertFalse(traceback.contains("javaloop"), traceback);
    assertFalse(traceback.contains("asyncio/"), traceback);
    assertFalse(traceback.contains("importlib"), traceback);
  }
}
