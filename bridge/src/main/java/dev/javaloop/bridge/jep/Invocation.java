package dev.javaloop.bridge.jep;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A call of one of Python's functions that Python fetches: JEP lets no Java call Python on
/// CPython's main thread.
public final class Invocation {
  // What a mark in the arguments is: `javaloop._embed_jep` has them too.
  private static final int HANDLE = 0;
  private static final int HELD = 1;
  private static final int STAGE = 2;

  private final String function;
  private final @Nullable JepCall<?> call;
  private final byte[] arguments;
  private final JepRuntime runtime;
  private final List<Object> objects = new ArrayList<>();
  private boolean marked;

  /// Converts the arguments.
  ///
  /// @throws IllegalArgumentException for lists and maps that contain themselves
  Invocation(
      JepRuntime runtime,
      String function,
      @Nullable JepCall<?> call,
      @Nullable Object... arguments) {
    this.function = function;
    this.call = call;
    this.runtime = runtime;
    this.arguments = Marshal.write(Arrays.asList(arguments), this::mark);
  }

  private Marshal.Mark mark(Object object) {
    marked = true;
    if (object instanceof JepHandle handle) {
      return new Marshal.Mark(HANDLE, handle.number());
    }
    boolean stage = object instanceof CompletionStage<?>;
    objects.add(
        object instanceof CompletionStage<?> awaited
            ? new JepStage(awaited, runtime)
            : new Held(object));
    return new Marshal.Mark(stage ? STAGE : HELD, objects.size() - 1);
  }

  public String function() {
    return function;
  }

  /// The first argument, or none.
  public @Nullable JepCall<?> call() {
    return call;
  }

  /// Puts the arguments, marshalled as a list, into the runtime's [JepRuntime#inbox].
  ///
  /// @return whether they had room there; else they are in [#arguments]
  public boolean load() {
    ByteBuffer inbox = runtime.inbox();
    boolean fits = arguments.length <= inbox.capacity();
    if (fits) {
      inbox.put(0, arguments);
    }
    return fits;
  }

  /// The arguments in memory of their own.
  public ByteBuffer arguments() {
    return ByteBuffer.allocateDirect(arguments.length).put(0, arguments);
  }

  /// Whether some of them are marks.
  public boolean marked() {
    return marked;
  }

  /// What a mark stands for.
  public Object object(int number) {
    return objects.get(number);
  }
}
