package dev.javaloop.loop;

/// What a timer calls when it expires, in the loop's thread.
@FunctionalInterface
public interface TimerTask {

  /// The timer is over: its id is no longer alive, and cancelling it returns false.
  void expired(long timerId);
}
