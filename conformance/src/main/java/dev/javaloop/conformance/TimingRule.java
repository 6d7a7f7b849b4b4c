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

  /// What a script may compute longer on a cold engine.
  static final double COLD_SECONDS = 5;

  private TimingRule() {}

  static String words() {
    return String.format(
        Locale.ROOT,
        "From the script's first line to its end, imports not counted, the bridge takes at most"
            + " %.1f times the reference's longest run plus %.1f s, and at least %.1f times what"
            + " the reference's shortest run spent waiting (not computing) minus %.1f s. Cold code"
            + " is no fault: the processor time that Python and its children take on the bridge"
            + " beyond the reference's is granted, up to %.0f s, and all of that where the"
            + " reference waits less than %.1f s. A run outside of that is repeated, with no other"
            + " case running, and so is the reference where the bridge was too quick; the best run"
            + " counts.",
        FACTOR,
        TOLERANCE_SECONDS,
        SHORT_FACTOR,
        SHORT_TOLERANCE_SECONDS,
        COLD_SECONDS,
        NO_WAIT_SECONDS);
  }

  static double longest(double referenceSeconds) {
    return referenceSeconds * FACTOR + TOLERANCE_SECONDS;
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
  /// @param coldSeconds how much longer than the reference that run computed, never negative
  record Measured(
      double referenceSeconds, double waitedSeconds, double bridgeSeconds, double coldSeconds) {

    /// This or the other one, whichever is nearer to the reference.
    Measured orBetter(Measured other) {
      double here = Math.abs(bridgeSeconds - referenceSeconds);
      double there = Math.abs(other.bridgeSeconds - referenceSeconds);
      return there < here ? other : this;
    }

    /// Whether the bridge took less than the reference waited.
    boolean isShort() {
      return bridgeSeconds < shortest(waitedSeconds);
    }

    /// What is wrong with it; empty when nothing is.
    Optional<String> complaint() {
      double longest = longest(referenceSeconds) + granted();
      if (bridgeSeconds > longest) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "%.2f s on the bridge, %.2f s on the reference, at most %.2f s allowed",
                bridgeSeconds,
                referenceSeconds,
                longest));
      }
      if (isShort()) {
        return Optional.of(
            String.format(
                Locale.ROOT,
                "%.2f s on the bridge, but the reference waited %.2f s",
                bridgeSeconds,
                waitedSeconds));
      }
      return Optional.empty();
    }

    /// Without a wait nothing can overlap: all the rest is cold code.
    private double granted() {
      return waitedSeconds < NO_WAIT_SECONDS ? COLD_SECONDS : Math.min(COLD_SECONDS, coldSeconds);
    }
  }
}
