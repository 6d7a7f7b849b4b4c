package dev.javaloop.bridge.graalpy;

import dev.javaloop.bridge.embed.Stage;
import java.util.concurrent.CompletionStage;
import org.graalvm.polyglot.HostAccess.Export;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/// A Java stage as `javaloop._embed` turns it into an asyncio future.
public final class HostFuture {
  private final Stage stage;
  private final GraalPyRuntime runtime;

  HostFuture(CompletionStage<?> stage, GraalPyRuntime runtime) {
    this.stage = new Stage(stage, runtime);
    this.runtime = runtime;
  }

  /// Calls back on the loop's thread once the stage has ended, unless the runtime has too.
  ///
  /// @param resolve takes the value
  /// @param reject takes what [Stage.Listener#reject] takes
  @Export
  public void whenDone(Value resolve, Value reject) {
    stage.whenDone(
        new Stage.Listener() {
          @Override
          public void resolve(@Nullable Object value) {
            resolve.executeVoid(Crossing.toPython(value, runtime));
          }

          @Override
          public void reject(String kind, String message, String text, Throwable cause) {
            reject.executeVoid(kind, message, text, cause);
          }
        });
  }

  @Export
  public void cancel() {
    stage.cancel();
  }
}
