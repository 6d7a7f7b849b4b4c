package dev.javaloop.bridge.embed;

import dev.javaloop.bridge.PythonException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A call on its way through Python, as Java awaits it and as Python completes it.
///
/// The runtime knows the call from before it is posted until Python is done with it, which may be
/// after Java has cancelled it: so the runtime can complete what is left when it ends.
///
/// @param <H> how the engine's Java holds an object of Python's
public abstract class Call<T extends @Nullable Object, H> extends CompletableFuture<T> {
  private final Embedding<H> runtime;
  private final Class<T> type;

  /// Read and written on the loop's thread, but for the hand-over by the future's completion.
  private @Nullable H handle;

  protected Call(Embedding<H> runtime, Class<T> type) {
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
  final void begin(String function, @Nullable Object... arguments) {
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
      send(function, arguments);
    } catch (RuntimeException e) {
      runtime.rethrowIfEnding(e);
      end();
      completeExceptionally(e);
    }
  }

  /// Calls the function with this call and the arguments. On the loop's thread.
  protected abstract void send(String function, @Nullable Object[] arguments);

  /// Cancels the task. On the loop's thread.
  ///
  /// @param task what [#taskBegan] was given
  protected abstract void cancelTask(H task);

  /// Python's object: the module or function that was looked up.
  final H handle() {
    return Objects.requireNonNull(handle, "the call has not completed");
  }

  protected final Class<T> type() {
    return type;
  }

  private void end() {
    runtime.remove(this);
  }

  /// Dependents are plain futures: only this one is a call.
  @Override
  public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }

  protected final void taskBegan(H task) {
    handle = task;
  }

  protected final void objectFound(H object) {
    handle = object;
    end();
    runtime.leave(() -> complete(null));
  }

  /// The call has ended with a result that is still to be converted.
  protected final void completeWith(Result<T> result) {
    T converted;
    try {
      converted = result.convert();
    } catch (RuntimeException | Error e) {
      // What ends the engine leaves the call to be abandoned.
      if (e instanceof RuntimeException ending) {
        runtime.rethrowIfEnding(ending);
      }
      end();
      runtime.leave(() -> completeExceptionally(e));
      return;
    }
    end();
    runtime.leave(() -> complete(converted));
  }

  /// A conversion on the loop's thread.
  protected interface Result<T extends @Nullable Object> {
    @Nullable T convert();
  }

  /// Returns whether someone will see it: nobody does when Java cancelled the call.
  ///
  /// @param java the Java exception behind Python's, or none
  protected final boolean fail(
      String exceptionType, String message, String traceback, @Nullable Throwable java) {
    end();
    boolean seen = !isDone();
    PythonException error = new PythonException(exceptionType, message, traceback, java);
    runtime.leave(() -> completeExceptionally(error));
    return seen;
  }

  protected final void taskCancelled() {
    end();
    runtime.leave(() -> super.cancel(false));
  }

  final void abandon() {
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
              cancelTask(handle);
            }
          });
    }
    return cancelled;
  }
}
