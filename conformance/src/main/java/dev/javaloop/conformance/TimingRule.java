package dev.javaloop.conformance;

import java.util.Locale;
import java.util.Optional;

/// How much time the bridge may take for what the reference does in some time, from the script's
/// first line to its end.
///
/// Two sleeps that overlap take as long as the longer one; one after the other they take the sum.
/// The rule has to see that (2 s against 3 s) and must not see the noise of a cold start.
final class TimingRule {
  static final double FACTOR = 1.2;
  static final double TOLERANCE_SECONDS = 0.5;
  static final double SHORT_FACTOR = 0.8;
  static final double SHORT_TOLERANCE_SECONDS = 0.2;

  /// What waits less than this does not wait.
  static final double NO_WAIT_SECONDS = 0.2;

  /// What a script that only computes may take longer on a cold engine.
  static final double COLD_SECONDS = 5;

  private TimingRule() {}

  static String words() {
    return String.format(
        Locale.ROOT,
        "From the script's first line to its end, imports not counted, the bridge takes at most"
            + " %.1f times the reference's longest run plus %.1f s, and at least %.1f times what"
            + " the reference's shortest run spent waiting (not computing) minus %.1f s. Where the"
            + " reference waits less than %.1f s the bridge may take %.0f s more, for cold code."
            + " A run outside of that is repeated, with no other case running; the best run"
            + " counts.",
        FACTOR,
        TOLERANCE_SECONDS,
        SHORT_FACTOR,
        SHORT_TOLERANCE_SECONDS,
        NO_WAIT_SECONDS,
        COLD_SECONDS);
  }

  static double longest(double referenceSeconds) {
    return referenceSeconds * FACTOR + TOLERANCE_SECONDS;
  }

  /// Without a wait nothing can overlap: what remains is cold code, which the engine compiles later
  /// or never.
  static double longest(double referenceSeconds, double waitedSeconds) {
    return longest(referenceSeconds) + (waitedSeconds < NO_WAIT_SECONDS ? COLD_SECONDS : 0);
  }

  static double shortest(double referenceWaitedSeconds) {
    return referenceWaitedSeconds * SHORT_FACTOR - SHORT_TOLERANCE_SECONDS;
  }

  static boolean agrees(double shortestReference, double longestReference, double bridge) {
    return bridge <= longest(longestReference) && bridge >= shortest(shortestReference);
  }

  /// What both sides took.
  ///
  /// @param referenceSeconds the reference's longest run
  /// @param waitedSeconds the least time that a run of the reference waited
  /// @param bridgeSeconds the bridge's best run
  record Measured(double referenceSeconds, double waitedSeconds, double bridgeSeconds) {

    /// The same with another run of the bridge, if that one is nearer to the reference.
    Measured orBetter(double otherBridgeSeconds) {
      double here = Math.abs(bridgeSeconds - referenceSeconds);
      double there = Math.abs(otherBridgeSeconds - referenceSeconds);
      return there < here
          ? new Measured(referenceSeconds, waitedSeconds, otherBridgeSeconds)
          : this;
    }

    /// What is wrong with it; empty when nothing is.
    Optional<String> complaint() {
      double longest = longest(referenceSeconds, waitedSeconds);
      if (bridgeSeconds > longest) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "%.2f s on the bridge, %.2f s on the reference, at most %.2f s allowed",
                bridgeSeconds,
                referenceSeconds,
                longest));
      }
      if (bridgeSeconds < shortest(waitedSeconds)) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "%.2f s on the bridge, but the reference waited %.2f s",
                bridgeSeconds,
                waitedSeconds));
      }
      return Optional.empty();
    }
  }
}
