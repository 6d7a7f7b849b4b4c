package dev.javaloop.bridge.graalpy;

import dev.javaloop.bridge.AsyncFunction;
import dev.javaloop.bridge.PythonFunction;
import dev.javaloop.bridge.PythonModule;
import java.util.concurrent.CompletableFuture;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/// A module object of the runtime's context.
final class GraalPyModule implements PythonModule {
  private final GraalPyRuntime runtime;
  private final Value module;

  GraalPyModule(GraalPyRuntime runtime, Value module) {
    this.runtime = runtime;
    this.module = module;
  }

  @Override
  public AsyncFunction async(String name) {
    Value function = lookUp(name);
    return new AsyncFunction() {
      @Override
      public <T extends @Nullable Object> CompletableFuture<T> call(
          Class<T> type, @Nullable Object... arguments) {
        return start("start_task", function, type, arguments);
      }
    };
  }

  @Override
  public PythonFunction function(String name) {
    Value function = lookUp(name);
    return new PythonFunction() {
      @Override
      public <T extends @Nullable Object> @Nullable T call(
          Class<T> type, @Nullable Object... arguments) {
        runtime.checkNotInLoop();
        return runtime.await(start("call", function, type, arguments));
      }
    };
  }

  private Value lookUp(String name) {
    return runtime.find("look_up", module, name);
  }

  private <T extends @Nullable Object> Call<T> start(
      String how, Value function, Class<T> type, @Nullable Object[] arguments) {
    Call<T> call = new Call<>(runtime, type);
    @Nullable Object[] all = new @Nullable Object[1 + arguments.length];
    all[0] = function;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    call.begin(how, all);
    return call;
  }
}
