package dev.javaloop.bridge.graalpy;

import dev.javaloop.bridge.PythonException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.graalvm.polyglot.HostAccess.Export;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/// A call on its way through Python, as Java awaits it and as Python completes it.
///
/// The runtime knows the call from before it is posted until Python is done with it, which may be
/// after Java has cancelled it: so the runtime can complete what is left when it ends.
public final class Call<T extends @Nullable Object> extends CompletableFuture<T> {
  private final GraalPyRuntime runtime;
  private final Class<T> type;

  /// Read and written on the loop's thread, but for the hand-over by the future's completion.
  private @Nullable Value handle;

  Call(GraalPyRuntime runtime, Class<T> type) {
    this.runtime = runtime;
    this.type = Objects.requireNonNull(type, "type");
    if (type.isPrimitive()) {
      throw new IllegalArgumentException(
          "a result can be null, which a " + type + " cannot; ask for its boxed type");
    }
  }

  /// Calls one of Python's functions on the loop's thread; its first argument is this call.
  ///
  /// @throws IllegalStateException when the runtime is closed
  void begin(String function, @Nullable Object... arguments) {
    runtime.add(this);
    if (runtime.isClosing() || !runtime.post(() -> run(function, arguments))) {
      runtime.remove(this);
      throw runtime.closed();
    }
  }

  private void run(String function, @Nullable Object[] arguments) {
    if (isDone() || runtime.isClosing()) {
      abandon();
      return;
    }
    try {
      Object[] converted = new Object[1 + arguments.length];
      converted[0] = this;
      for (int i = 0; i < arguments.length; i++) {
        converted[1 + i] = Crossing.toPython(arguments[i], runtime);
      }
      runtime.guest().invoke(function, converted);
    } catch (RuntimeException e) {
      GraalPyRuntime.rethrowIfEnding(e);
      end();
      completeExceptionally(e);
    }
  }

  /// Python's object: the module or function that was looked up.
  Value handle() {
    return Objects.requireNonNull(handle, "the call has not completed");
  }

  private void end() {
    runtime.remove(this);
  }

  /// Dependents are plain futures: only this one is a call.
  @Override
  public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }

  /// The task of the call began; its `cancel` is kept for [#cancel].
  @Export
  public void begun(Value cancel) {
    handle = cancel;
  }

  @Export
  public void found(Value object) {
    handle = object;
    end();
    complete(null);
  }

  @Export
  public void completed(Value result) {
    end();
    T converted;
    try {
      converted = Crossing.toJava(result, type);
    } catch (RuntimeException e) {
      GraalPyRuntime.rethrowIfEnding(e);
      completeExceptionally(e);
      return;
    }
    complete(converted);
  }

  /// Returns whether someone will see it: nobody does when Java cancelled the call.
  ///
  /// @param java the Java exception behind Python's, or none
  @Export
  public boolean failed(String exceptionType, String message, String traceback, Value java) {
    end();
    return completeExceptionally(
        new PythonException(exceptionType, message, traceback, Crossing.throwable(java)));
  }

  @Export
  public void cancelled() {
    end();
    super.cancel(false);
  }

  void abandon() {
    end();
    completeExceptionally(new CancellationException("the Python runtime was closed"));
  }

  /// Cancels the task as well; it may still run its `finally` blocks afterwards.
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (cancelled) {
      // A runtime that takes no posts any more has cancelled every task.
      runtime.post(
          () -> {
            if (handle != null) {
              handle.executeVoid();
            }
          });
    }
    return cancelled;
  }
}
