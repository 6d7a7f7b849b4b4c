package dev.javaloop.loop;

import java.util.concurrent.atomic.AtomicInteger;

/// Says when waking the loop needs a system call: only while it sleeps or is about to, and once for
/// each sleep.
///
/// ```
///            enter()                       nudge(), wake(): true, the caller wakes the poller
///   AWAKE ------------> ASLEEP ---------------------------------> WOKEN
///     |  ^                |                                         |  ^
///     |  +----------------+------------- leave() ------------------+  |
///     +------------------------ wake(): false ------------------------+
/// ```
///
/// There are two ways to wake. `nudge` is for those whose news the loop looks for by itself: the
/// loop publishes ASLEEP and then looks for news, the other thread publishes its news and then
/// looks at the state. All four are volatile accesses, so that in any order at least one of the two
/// sees the other: either the loop does not sleep or it is woken. `wake` is for news that the loop
/// cannot see (a guest's queue): WOKEN stays until a `leave`, and `enter` fails on it. It always
/// writes, although WOKEN may be there already: its write is what makes the news visible to the
/// `leave`.
public final class WakeGate {
  private static final int AWAKE = 0;
  private static final int ASLEEP = 1;
  private static final int WOKEN = 2;

  private final AtomicInteger state = new AtomicInteger(AWAKE);

  /// A gate whose loop is awake.
  public WakeGate() {}

  /// Loop: announces a sleep; false if a wake-up is pending. True: look for news, then sleep or
  /// leave.
  public boolean enter() {
    return state.compareAndSet(AWAKE, ASLEEP);
  }

  /// Loop: not sleeping, nor about to; true if that consumed a wake-up.
  public boolean leave() {
    return state.get() != AWAKE && state.getAndSet(AWAKE) == WOKEN;
  }

  /// Any thread, after it published news that the loop looks for: whether it has to wake the
  /// poller.
  public boolean nudge() {
    return state.get() == ASLEEP && state.compareAndSet(ASLEEP, WOKEN);
  }

  /// Any thread: ends the current or the next sleep; whether it has to wake the poller.
  public boolean wake() {
    return state.getAndSet(WOKEN) == ASLEEP;
  }
}
