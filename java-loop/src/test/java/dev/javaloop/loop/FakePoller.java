package dev.javaloop.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Waits by moving the clock, and reports what the test put in; the timing of a loop without time.
 */
final class FakePoller implements Poller {
  record Ready(int fd, int readyOps) {}

  final ManualClock clock;
  final List<Long> timeouts = new ArrayList<>();
  final Map<Integer, Integer> interests = new HashMap<>();
  final Deque<Ready> ready = new ArrayDeque<>();
  Runnable whileWaiting = () -> {};
  int wakeups;
  boolean closed;

  FakePoller(ManualClock clock) {
    this.clock = clock;
  }

  @Override
  public int poll(long timeoutNanos, ReadyHandler sink) {
    timeouts.add(timeoutNanos);
    if (timeoutNanos > 0 && ready.isEmpty()) {
      int wakeupsBefore = wakeups;
      whileWaiting.run();
      if (wakeups == wakeupsBefore && ready.isEmpty() && timeoutNanos != Long.MAX_VALUE) {
        clock.now += timeoutNanos;
      }
    }
    int reports = 0;
    for (int left = ready.size(); left > 0; left--) {
      Ready next = ready.remove();
      int readyOps = next.readyOps & interests.getOrDefault(next.fd, 0);
      if (readyOps != 0) {
        reports++;
        sink.ready(next.fd, readyOps);
      }
    }
    return reports;
  }

  long lastTimeout() {
    return timeouts.getLast();
  }

  @Override
  public void wakeup() {
    wakeups++;
  }

  @Override
  public void set(int fd, int interest) {
    interests.put(fd, interest);
  }

  @Override
  public void remove(int fd) {
    interests.remove(fd);
  }

  @Override
  public void close() {
    closed = true;
  }
}
