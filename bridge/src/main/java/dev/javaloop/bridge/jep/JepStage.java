package dev.javaloop.bridge.jep;

import dev.javaloop.bridge.embed.Stage;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A Java stage as `javaloop._embed` turns it into an asyncio future.
public final class JepStage {
  private final Stage stage;
  private final JepRuntime runtime;

  JepStage(CompletionStage<?> stage, JepRuntime runtime) {
    this.stage = new Stage(stage, runtime);
    this.runtime = runtime;
  }

  /// Invokes `stage_resolved` or `stage_rejected` once the stage has ended.
  ///
  /// @param number the first argument of both
  public void whenDone(long number) {
    stage.whenDone(
        new Stage.Listener() {
          @Override
          public void resolve(@Nullable Object value) {
            runtime.invoke("stage_resolved", number, value);
          }

          @Override
          public void reject(String kind, String message, String text, Throwable cause) {
            runtime.invoke("stage_rejected", number, kind, message, text, cause);
          }
        });
  }

  public void cancel() {
    stage.cancel();
  }
}
