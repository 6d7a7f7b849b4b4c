package dev.javaloop.bridge.embed;

import dev.javaloop.bridge.AsyncFunction;
import dev.javaloop.bridge.PythonFunction;
import dev.javaloop.bridge.PythonModule;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A module object of the runtime's interpreter.
final class EmbeddedModule<H> implements PythonModule {
  private final Embedding<H> runtime;
  private final H module;

  EmbeddedModule(Embedding<H> runtime, H module) {
    this.runtime = runtime;
    this.module = module;
  }

  @Override
  public AsyncFunction async(String name) {
    H function = lookUp(name);
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
    H function = lookUp(name);
    return new PythonFunction() {
      @Override
      public <T extends @Nullable Object> @Nullable T call(
          Class<T> type, @Nullable Object... arguments) {
        runtime.checkNotInLoop();
        return runtime.await(start("call", function, type, arguments));
      }
    };
  }

  private H lookUp(String name) {
    return runtime.find("look_up", module, name);
  }

  private <T extends @Nullable Object> Call<T, H> start(
      String how, H function, Class<T> type, @Nullable Object[] arguments) {
    Call<T, H> call = runtime.newCall(type);
    @Nullable Object[] all = new @Nullable Object[1 + arguments.length];
    all[0] = function;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    call.begin(how, all);
    return call;
  }
}
