package dev.javaloop.conformance;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TimingRuleTest {
  private static boolean complains(double reference, double waited, double bridge) {
    return complains(reference, waited, bridge, 0);
  }

  private static boolean complains(double reference, double waited, double bridge, double cold) {
    return new TimingRule.Measured(reference, waited, bridge, cold).complaint().isPresent();
  }

  @Test
  void twoSecondsMustNotBecomeThree() {
    assertTrue(complains(2.05, 2, 3));
    assertFalse(complains(2.05, 2, 2.5));
  }

  @Test
  void oneSecondMustNotBecomeTwo() {
    assertTrue(complains(1.03, 1, 2));
  }

  @Test
  void aSleepThatReturnsAtOnceIsSeen() {
    assertTrue(complains(2.05, 2, 0.4));
  }

  @Test
  void fastComputingIsNoFault() {
    assertFalse(complains(3, 0.01, 0.5));
  }

  @Test
  void withoutAWaitColdCodeMayTakeSeconds() {
    assertFalse(complains(0.08, 0.01, 3));
    assertTrue(complains(0.08, 0.01, 30));
  }

  @Test
  void whatColdCodeComputesIsGrantedBesideAWait() {
    assertTrue(complains(0.4, 0.3, 1.2));
    assertFalse(complains(0.4, 0.3, 1.2, 0.7));
  }

  @Test
  void sleepsThatDoNotOverlapAreSeenBesideColdCode() {
    assertTrue(complains(2.05, 2, 3 + 0.4, 0.4));
    assertTrue(complains(2.05, 2, 30, 20));
  }

  @Test
  void theNearerRunCounts() {
    TimingRule.Measured late = new TimingRule.Measured(2, 2, 4, 0);
    assertFalse(late.orBetter(new TimingRule.Measured(2, 2, 2.1, 0)).complaint().isPresent());
    assertTrue(late.orBetter(new TimingRule.Measured(2, 2, 4.5, 0)).complaint().isPresent());
  }
}
