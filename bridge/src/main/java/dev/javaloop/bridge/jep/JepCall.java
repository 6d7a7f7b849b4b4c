package dev.javaloop.bridge.jep;

import dev.javaloop.bridge.embed.Call;
import dev.javaloop.internal.Results;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A call as Python on JEP completes it.
public final class JepCall<T extends @Nullable Object> extends Call<T, JepHandle> {
  private final JepRuntime runtime;
  private final List<Object> objects = new ArrayList<>();

  JepCall(JepRuntime runtime, Class<T> type) {
    super(runtime, type);
    this.runtime = runtime;
  }

  @Override
  protected void send(String function, @Nullable Object[] arguments) {
    taskBegan(runtime.send(this, function, arguments));
  }

  @Override
  protected void cancelTask(JepHandle task) {
    runtime.invoke("cancel_task", task.number());
  }

  /// Takes the number of what was looked up.
  public void found(long object) {
    objectFound(runtime.keep(object));
  }

  /// Takes a Java object of the result's, which says its number instead. They are given in order.
  public void attach(Held held) {
    objects.add(held.object());
  }

  /// Takes the result.
  ///
  /// @param marshalled by version 2 of `marshal`
  public void completed(byte[] marshalled) {
    Marshal.Finder finder = objects.isEmpty() ? null : number -> objects.get((int) number);
    completeWith(
        () -> {
          if (type() == Void.class) {
            return null;
          }
          Object found = Marshal.read(marshalled, finder);
          return Results.cast(
              found,
              type(),
              () ->
                  found != null && objects.stream().anyMatch(each -> each == found)
                      ? found.getClass().getTypeName()
                      : Marshal.kind(marshalled));
        });
  }

  /// The result has no form in Java.
  public void refused(String why) {
    completeWith(
        () -> {
          if (type() == Void.class) {
            return null;
          }
          throw new ClassCastException(why);
        });
  }

  /// Returns whether someone will see it.
  ///
  /// @param java the Java exception behind Python's, or none
  public boolean failed(
      String exceptionType, String message, String traceback, @Nullable Object java) {
    return fail(exceptionType, message, traceback, runtime.throwable(java));
  }

  public void cancelled() {
    taskCancelled();
  }
}
