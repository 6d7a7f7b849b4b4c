package dev.javaloop.cpython;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// References that Java has lost, until a thread that holds the GIL gives them up.
final class LostReferences {
  private static final Queue<Long> LOST = new ConcurrentLinkedQueue<>();

  /// Whether a post is on its way that takes them all.
  private static final AtomicBoolean POSTED = new AtomicBoolean();

  private static volatile @Nullable Predicate<Runnable> post;

  private LostReferences() {}

  /// Says how to have something run with the GIL held; it may refuse.
  static void postBy(Predicate<Runnable> newPost) {
    post = newPost;
    POSTED.set(false);
  }

  /// Any thread.
  static void add(long address) {
    LOST.add(address);
    Predicate<Runnable> present = post;
    if (present != null
        && POSTED.compareAndSet(false, true)
        && !present.test(LostReferences::drop)) {
      POSTED.set(false); // whoever serves next drops them
    }
  }

  /// Gives them up. With the GIL held; it may run Python code.
  static void drop() {
    POSTED.set(false);
    for (Long address = LOST.poll(); address != null; address = LOST.poll()) {
      References.drop(address);
    }
  }
}
