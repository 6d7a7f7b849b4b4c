package dev.javaloop.bridge.graalpy;

import dev.javaloop.bridge.PythonException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.graalvm.polyglot.HostAccess.Export;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/// A call on its way through Python, as Java awaits it and as Python completes it.
public final class Call<T extends @Nullable Object> extends CompletableFuture<T> {
  private final GraalPyRuntime runtime;
  private final Class<T> type;

  /// Read and written on the loop's thread, but for the hand-over by the future's completion.
  private @Nullable Value handle;

  Call(GraalPyRuntime runtime, Class<T> type) {
    this.runtime = runtime;
    this.type = type;
  }

  /// Calls one of Python's functions on the loop's thread.
  void begin(String function, @Nullable Object... arguments) {
    runtime.post(
        () -> {
          runtime.add(this);
          try {
            @Nullable Object[] converted = new @Nullable Object[arguments.length];
            for (int i = 0; i < arguments.length; i++) {
              converted[i] = Crossing.toPython(arguments[i], runtime);
            }
            runtime.functions().getMember(function).executeVoid(converted);
          } catch (RuntimeException e) {
            GraalPyRuntime.rethrowIfEnding(e);
            end();
            completeExceptionally(e);
          }
        });
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
    try {
      complete(Crossing.toJava(result, type));
    } catch (ClassCastException e) {
      completeExceptionally(e);
    }
  }

  @Export
  public void failed(String exceptionType, String message, String traceback) {
    end();
    completeExceptionally(new PythonException(exceptionType, message, traceback));
  }

  @Export
  public void cancelled() {
    end();
    super.cancel(false);
  }

  void abandon() {
    completeExceptionally(new CancellationException("the Python runtime was closed"));
  }

  /// Cancels the task as well; it may still run its `finally` blocks afterwards.
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (cancelled) {
      try {
        runtime.post(
            () -> {
              if (handle != null) {
                handle.executeVoid();
              }
            });
      } catch (IllegalStateException _) {
        // Closed meanwhile: closing cancels every task.
      }
    }
    return cancelled;
  }
}
