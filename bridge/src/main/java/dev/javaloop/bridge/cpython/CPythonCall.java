package dev.javaloop.bridge.cpython;

import dev.javaloop.bridge.embed.Call;
import dev.javaloop.cpython.PyRef;
import dev.javaloop.internal.Results;
import dev.javaloop.spi.HostMethod;
import dev.javaloop.spi.HostMethod.Arguments;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A call as Python on CPython completes it.
final class CPythonCall<T extends @Nullable Object> extends Call<T, PyRef> {
  /// What `javaloop._embed.Functions` calls.
  static final Map<String, HostMethod<CPythonCall<?>, PyRef>> METHODS =
      Map.of(
          "begun", CPythonCall::begun,
          "found", CPythonCall::found,
          "completed", CPythonCall::completed,
          "failed", CPythonCall::failed,
          "cancelled", CPythonCall::cancelled);

  private final CPythonRuntime runtime;

  /// Cancels the task, while there is one. For the loop's thread.
  private @Nullable PyRef cancel;

  CPythonCall(CPythonRuntime runtime, Class<T> type) {
    super(runtime, type);
    this.runtime = runtime;
  }

  @Override
  protected void send(String function, @Nullable Object[] arguments) {
    @Nullable Object[] all = new @Nullable Object[1 + arguments.length];
    all[0] = runtime.wrap(this);
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    runtime.invoke(function, all);
  }

  @Override
  protected void cancelTask(PyRef task) {
    if (cancel != null) {
      runtime.callSoon(cancel);
    }
  }

  private @Nullable Object begun(Arguments<PyRef> arguments) {
    PyRef task = arguments.reference(0);
    cancel = task;
    taskBegan(task);
    return null;
  }

  private @Nullable Object found(Arguments<PyRef> arguments) {
    objectFound(arguments.reference(0));
    return null;
  }

  private @Nullable Object completed(Arguments<PyRef> arguments) {
    forgetTask();
    completeWith(
        () ->
            type() == Void.class
                ? null
                : Results.cast(arguments.value(0), type(), () -> arguments.typeName(0)));
    return null;
  }

  /// Returns whether someone will see it.
  private @Nullable Object failed(Arguments<PyRef> arguments) {
    forgetTask();
    String name = arguments.text(0);
    if (name.equals(CPythonRuntime.FORCED)) {
      taskCancelled();
      return true;
    }
    return fail(name, arguments.text(1), arguments.text(2), runtime.throwable(arguments.value(3)));
  }

  private @Nullable Object cancelled(Arguments<PyRef> arguments) {
    forgetTask();
    taskCancelled();
    return null;
  }

  /// Before Java's collector finds the reference: with the task its result would stay.
  private void forgetTask() {
    if (cancel != null) {
      runtime.release(cancel);
      cancel = null;
    }
  }
}
