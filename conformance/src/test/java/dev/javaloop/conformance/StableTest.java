package dev.javaloop.conformance;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class StableTest {
  private static Stable runs(String... runs) {
    return Stable.learn(List.of(runs).stream().map(run -> run.lines().toList()).toList());
  }

  private static boolean accepts(Stable stable, String bridge) {
    return stable.accepts(bridge.lines().toList());
  }

  @Test
  void whatIsTheSameInAllRunsMustBeTheSameOnTheBridge() {
    Stable stable = runs("a\nb\n", "a\nb\n");
    assertTrue(accepts(stable, "a\nb\n"));
    assertFalse(accepts(stable, "b\na\n"));
    assertFalse(accepts(stable, "a\n"));
    assertFalse(accepts(stable, "a\nb\nc\n"));
    assertFalse(stable.varies());
  }

  @Test
  void onlyTheTokensThatVaryAreOpen() {
    Stable stable = runs("job 17 of x took long\n", "job 942 of x took long\n");
    assertTrue(accepts(stable, "job 5 of x took long\n"));
    assertFalse(accepts(stable, "job five of x took long\n"), "a number stays a number");
    assertFalse(accepts(stable, "job 5 of y took long\n"));
    assertTrue(stable.varies());
  }

  @Test
  void measuredDurationsMustStayNear() {
    Stable stable = runs("elapsed 2.0021\n", "elapsed 2.0034\n");
    assertTrue(accepts(stable, "elapsed 2.4\n"));
    assertFalse(accepts(stable, "elapsed 3.01\n"), "sleeps one after the other");
    assertFalse(accepts(stable, "elapsed 0.9\n"), "a sleep that is none");
  }

  @Test
  void randomNumbersAreNoDurations() {
    assertTrue(accepts(runs("0.0412\n", "0.9344\n", "0.5\n"), "0.9999\n"));
  }

  @Test
  void clocksAreNoDurations() {
    assertTrue(accepts(runs("now 28525.671\n", "now 28527.671\n"), "now 17.3\n"));
  }

  @Test
  void linesThatSwapMayComeInAnyOrder() {
    Stable stable = runs("start\na\nb\nend\n", "start\nb\na\nend\n");
    assertTrue(accepts(stable, "start\nb\na\nend\n"));
    assertFalse(accepts(stable, "a\nstart\nb\nend\n"), "what did not move stays where it is");
    assertFalse(accepts(stable, "start\na\na\nend\n"), "each as often as it was");
  }

  @Test
  void whereRunsWriteDifferentLinesOnlyTheCommonOnesCount() {
    Stable stable = runs("start\nx\nend\n", "start\ny y\nz\nend\n", "start\nend\n");
    assertTrue(accepts(stable, "start\nanything\nat all\n\nend\n"));
    assertFalse(accepts(stable, "start\nx\n"));
    assertFalse(accepts(stable, "x\nstart\nend\n"));
  }

  @Test
  void linesBuiltDifferentlyAreOpenAsAWhole() {
    Stable stable = runs("a\none two\n", "a\none, two and three\n");
    assertTrue(accepts(stable, "a\nwhatever\n"));
    assertFalse(accepts(stable, "a\n"));
  }

  @Test
  void nothingIsALineToo() {
    assertTrue(accepts(runs("", ""), ""));
    assertFalse(accepts(runs("", ""), "\n"));
    assertTrue(accepts(runs("a\n\nb\n", "a\n\nb\n"), "a\n\nb\n"));
  }

  @Test
  void longOutputIsComparedInTime() {
    String line = "x\n".repeat(100_000);
    assertTrue(accepts(runs(line, line), line));
    assertFalse(accepts(runs(line, line), line + "y\n"));
  }
}
