package dev.javaloop.bridge.jep;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// What Python is to do next, until it fetches it: JEP lets no Java call Python on CPython's main
/// thread. For the loop's thread.
final class Outbox {
  // What a mark in the arguments is: `javaloop._embed_jep` has them too.
  private static final int HANDLE = 0;
  private static final int HELD = 1;
  private static final int STAGE = 2;

  /// Memory that CPython sees: arrays of Java's are none to it. Most of what is fetched has room.
  private final ByteBuffer inbox = ByteBuffer.allocateDirect(1 << 14);

  private final JepRuntime runtime;
  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
  private int count;
  private @Nullable ByteBuffer overflow;

  private final Map<Long, Object> objects = new HashMap<>();
  private long lastObject;
  private boolean marked;

  Outbox(JepRuntime runtime) {
    this.runtime = runtime;
  }

  /// Adds a call of one of Python's functions.
  ///
  /// @param call the number of what Java awaits; 0 for nothing
  /// @return whether it is the first since Python has fetched
  /// @throws IllegalArgumentException for an argument that cannot cross
  boolean add(String function, long call, @Nullable Object... arguments) {
    marked = false;
    byte[] converted = write(Arrays.asList(arguments));
    for (Object part : new Object[] {function, call, marked}) {
      waiting.writeBytes(write(part));
    }
    waiting.writeBytes(converted);
    return count++ == 0;
  }

  private byte[] write(Object value) {
    return Marshal.write(value, this::mark);
  }

  private Marshal.Mark mark(Object object) {
    marked = true;
    if (object instanceof JepHandle handle) {
      return new Marshal.Mark(HANDLE, handle.number());
    }
    lastObject++;
    if (object instanceof CompletionStage<?> stage) {
      objects.put(lastObject, new JepStage(stage, runtime));
      return new Marshal.Mark(STAGE, lastObject);
    }
    objects.put(lastObject, new Held(object));
    return new Marshal.Mark(HELD, lastObject);
  }

  /// Moves all that waits to the inbox, as a list: of each call its function, its number, whether
  /// there are marks in its arguments, and those.
  ///
  /// @return whether it had room there; else it is in [#overflow]
  boolean fetch() {
    byte[] calls = waiting.toByteArray();
    byte[] header = Marshal.listOf(4 * count);
    waiting.reset();
    count = 0;
    int length = header.length + calls.length;
    ByteBuffer target = inbox;
    boolean fits = length <= inbox.capacity();
    if (!fits) {
      target = ByteBuffer.allocateDirect(length);
      overflow = target;
    }
    target.put(0, header).put(header.length, calls);
    return fits;
  }

  ByteBuffer inbox() {
    return inbox;
  }

  /// What did not fit into the inbox.
  ByteBuffer overflow() {
    ByteBuffer given = Objects.requireNonNull(overflow);
    overflow = null;
    return given;
  }

  /// Gives what a mark stands for, once.
  Object take(long number) {
    return Objects.requireNonNull(objects.remove(number));
  }
}
