package dev.javaloop.loop;

import java.util.ArrayDeque;
import java.util.Deque;

/** A run queue as a guest has one: a drain runs what was there when it began. */
final class GuestQueue implements RunQueue {
  final Deque<Runnable> tasks = new ArrayDeque<>();
  int drains;

  @Override
  public boolean isEmpty() {
    return tasks.isEmpty();
  }

  @Override
  public void drain() {
    drains++;
    for (int left = tasks.size(); left > 0; left--) {
      tasks.remove().run();
    }
  }
}
