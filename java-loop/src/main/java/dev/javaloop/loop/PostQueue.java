package dev.javaloop.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Tasks from any thread for the loop's thread, in the order in which each poster gave them.
///
/// Posters push on a stack, the loop takes the whole of it at once and turns it round: one atomic
/// operation for each post, one for a batch, and the batch is exactly what was there. Closing swaps
/// in a last node for good, so that a post is either in what [#close()] returns or refused, never
/// in between.
public final class PostQueue {
  private static final class Node {
    final Runnable task;
    @Nullable Node next;

    Node(Runnable task) {
      this.task = task;
    }
  }

  /// How the loop runs one task; what it throws ends the batch, the rest stays.
  public interface Runner {
    void run(Runnable task);
  }

  /// An empty queue.
  public PostQueue() {}

  private static final Node CLOSED = new Node(() -> {});

  private final AtomicReference<@Nullable Node> top = new AtomicReference<>();

  /// Loop only: what was taken and has not run, oldest first.
  private @Nullable Node batch;

  /// Any thread; false if the queue is closed.
  public boolean push(Runnable task) {
    Node node = new Node(task);
    Node seen;
    do {
      seen = top.get();
      if (seen == CLOSED) {
        return false;
      }
      node.next = seen;
    } while (!top.compareAndSet(seen, node));
    return true;
  }

  public boolean isEmpty() {
    return batch == null && top.get() == null;
  }

  /// Runs what is there now; what comes meanwhile waits.
  public void run(Runner runner) {
    if (top.get() != null) {
      takeAll(null);
    }
    for (Node node = batch; node != null; node = batch) {
      batch = node.next;
      runner.run(node.task);
    }
  }

  /// Refuses posts from now on, and returns those that did not run.
  public List<Runnable> close() {
    takeAll(CLOSED);
    List<Runnable> left = new ArrayList<>();
    for (Node node = batch; node != null; node = node.next) {
      left.add(node.task);
    }
    batch = null;
    return left;
  }

  /// Appends the posts to the batch, and leaves `rest` in their place.
  private void takeAll(@Nullable Node rest) {
    Node node = top.getAndSet(rest);
    Node oldest = null;
    while (node != null && node != CLOSED) {
      Node older = node.next;
      node.next = oldest;
      oldest = node;
      node = older;
    }
    if (batch == null) {
      batch = oldest;
      return;
    }
    Node last = batch;
    for (Node next = last.next; next != null; next = last.next) {
      last = next;
    }
    last.next = oldest;
  }
}
