package dev.javaloop.loop;

/** A clock that stands still until the test moves it. */
final class ManualClock implements NanoClock {
  volatile long now = 1_000;

  @Override
  public long nanoTime() {
    return now;
  }
}
