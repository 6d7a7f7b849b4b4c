package dev.javaloop.bridge.graalpy;

import dev.javaloop.bridge.embed.Call;
import org.graalvm.polyglot.HostAccess.Export;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/// A call as Python on GraalPy completes it.
public final class GraalPyCall<T extends @Nullable Object> extends Call<T, Value> {
  private final GraalPyRuntime runtime;

  GraalPyCall(GraalPyRuntime runtime, Class<T> type) {
    super(runtime, type);
    this.runtime = runtime;
  }

  @Override
  protected void send(String function, @Nullable Object[] arguments) {
    Object[] converted = new Object[1 + arguments.length];
    converted[0] = this;
    for (int i = 0; i < arguments.length; i++) {
      converted[1 + i] = Crossing.toPython(arguments[i], runtime);
    }
    runtime.guest().invoke(function, converted);
  }

  @Override
  protected void cancelTask(Value cancel) {
    cancel.executeVoid();
  }

  /// The task of the call began; its `cancel` is kept.
  @Export
  public void begun(Value cancel) {
    taskBegan(cancel);
  }

  @Export
  public void found(Value object) {
    objectFound(object);
  }

  @Export
  public void completed(Value result) {
    completeWith(() -> Crossing.toJava(result, type()));
  }

  /// Returns whether someone will see it.
  ///
  /// @param java the Java exception behind Python's, or none
  @Export
  public boolean failed(String exceptionType, String message, String traceback, Value java) {
    return fail(exceptionType, message, traceback, Crossing.throwable(java));
  }

  @Export
  public void cancelled() {
    taskCancelled();
  }
}
