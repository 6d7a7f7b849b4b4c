package dev.javaloop.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Java futures as Python awaits them.
class JavaFutureTest extends SharedRuntime {

  @Test
  void theValueIsAwaited() {
    assertEquals(
        List.of(1, "x"),
        call("await_it", List.class, CompletableFuture.completedFuture(List.of(1, "x"))));
    CompletableFuture<Object> later = new CompletableFuture<>();
    CompletableFuture<Object> call = app.async("await_it").call(Object.class, later);
    call("settle", Void.class);
    assertFalse(call.isDone());
    later.complete(null);
    assertEquals(null, get(call));
    assertEquals(
        "value b'ab'",
        call(
            "await_and_describe",
            String.class,
            CompletableFuture.completedFuture(new byte[] {'a', 'b'}).minimalCompletionStage()));
  }

  @Test
  void aCallCanBeAnArgumentOfAnother() {
    CompletableFuture<String> inner = app.async("echo").call(String.class, "inner");
    assertEquals("inner", call("await_it", String.class, inner));
  }

  record Failure(Throwable java, String python) {}

  static List<Failure> failuresHavePythonsMeaning() {
    return List.of(
        new Failure(new TimeoutException("late"), "TimeoutError(late) errno=None"),
        new Failure(new java.net.SocketTimeoutException("slow"), "TimeoutError(slow) errno=None"),
        new Failure(new IOException("disk"), "OSError(disk) errno=None"),
        new Failure(new NoSuchFileException("/none"), "FileNotFoundError([Errno 2] /none) errno=2"),
        new Failure(
            new AccessDeniedException("/root"), "PermissionError([Errno 13] /root) errno=13"),
        new Failure(new ConnectException("no"), "ConnectionRefusedError([Errno 111] no) errno=111"),
        new Failure(
            new IllegalStateException("odd"),
            "JavaError(java.lang.IllegalStateException: odd) errno=None cause=None"),
        new Failure(new CancellationException(), "CancelledError"));
  }

  @ParameterizedTest
  @MethodSource
  void failuresHavePythonsMeaning(Failure failure) {
    CompletableFuture<Object> failed = CompletableFuture.failedFuture(failure.java());
    String described = call("await_and_describe", String.class, failed);
    assertTrue(described.startsWith(failure.python()), described);
    String wrapped =
        call(
            "await_and_describe",
            String.class,
            CompletableFuture.failedFuture(new CompletionException(failure.java())));
    assertEquals(described, wrapped);
  }

  @Test
  void theJavaExceptionIsKept() {
    IOException io = new IOException("disk");
    assertSame(io, call("hand_back", IOException.class, CompletableFuture.failedFuture(io)));
    RuntimeException other = new RuntimeException("other");
    assertSame(
        other, call("hand_back", RuntimeException.class, CompletableFuture.failedFuture(other)));
  }

  @Test
  void aJavaExceptionThatPassedThroughPythonIsTheCause() {
    IOException io = new IOException("disk");
    PythonException e =
        assertThrows(
            PythonException.class,
            () -> call("await_it", Object.class, CompletableFuture.failedFuture(io)));
    assertEquals("OSError", e.type());
    assertEquals("disk", e.pythonMessage());
    assertSame(io, e.getCause());
    assertTrue(
        e.traceback().contains("javaloop.JavaError: java.io.IOException: disk"), e.traceback());
    assertTrue(e.traceback().contains("in await_it"), e.traceback());
    assertFalse(e.traceback().contains("javaloop/"), e.traceback());
    assertFalse(e.traceback().contains("asyncio/"), e.traceback());
  }

  @Test
  void whatCannotCrossFailsTheFuture() {
    List<Object> list = new java.util.ArrayList<>();
    list.add(list);
    String described =
        call("await_and_describe", String.class, CompletableFuture.completedFuture(list));
    assertTrue(described.contains("contains itself"), described);
  }

  @Test
  void cancellingThePythonSideCancelsTheJavaFuture() throws Exception {
    CompletableFuture<Object> slow = new CompletableFuture<>();
    CompletableFuture<Object> told = slow.handle((_, error) -> error);
    assertEquals("timed out", call("wait_for_it", String.class, slow, 0.01));
    assertTrue(
        told.get(HANG_SECONDS, TimeUnit.SECONDS) instanceof CancellationException, "cancelled");

    CompletableFuture<Object> other = new CompletableFuture<>();
    CompletableFuture<Object> otherTold = other.handle((_, error) -> error);
    CompletableFuture<Object> call = app.async("await_it").call(Object.class, other);
    call("settle", Void.class);
    call.cancel(true);
    assertTrue(otherTold.get(HANG_SECONDS, TimeUnit.SECONDS) instanceof CancellationException);
  }
}
