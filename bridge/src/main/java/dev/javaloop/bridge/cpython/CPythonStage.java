package dev.javaloop.bridge.cpython;

import dev.javaloop.bridge.embed.Stage;
import dev.javaloop.cpython.PyRef;
import dev.javaloop.spi.HostMethod;
import dev.javaloop.spi.HostMethod.Arguments;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A Java stage as `javaloop._embed` turns it into an asyncio future.
final class CPythonStage {
  static final Map<String, HostMethod<CPythonStage, PyRef>> METHODS =
      Map.of("whenDone", CPythonStage::whenDone, "cancel", CPythonStage::cancel);

  private final Stage stage;
  private final CPythonRuntime runtime;

  CPythonStage(CompletionStage<?> stage, CPythonRuntime runtime) {
    this.stage = new Stage(stage, runtime);
    this.runtime = runtime;
  }

  /// Has one of both functions called once the stage has ended, unless the runtime has too.
  private @Nullable Object whenDone(Arguments<PyRef> arguments) {
    PyRef resolve = arguments.reference(0);
    PyRef reject = arguments.reference(1);
    stage.whenDone(
        new Stage.Listener() {
          @Override
          public void resolve(@Nullable Object value) {
            runtime.callSoon(resolve, value);
          }

          @Override
          public void reject(String kind, String message, String text, Throwable cause) {
            runtime.callSoon(reject, kind, message, text, cause);
          }
        });
    return null;
  }

  private @Nullable Object cancel(Arguments<PyRef> arguments) {
    stage.cancel();
    return null;
  }
}
