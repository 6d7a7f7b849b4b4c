package dev.javaloop.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javaloop.conformance.catalogue.Aspect;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final String FAILURE =
      "Traceback (most recent call last):\n  File \"%s\", line %d, in <module>\n    f()\n%s\n";

  private static Comparison compare(Run reference, Run bridge) {
    return Comparison.of(List.of(reference, reference), bridge, EnumSet.allOf(Normaliser.class));
  }

  private static List<Aspect> aspects(Comparison comparison) {
    return comparison.differences().stream().map(Comparison.Difference::aspect).toList();
  }

  @Test
  void normalisersAreUsedOnlyWhereNeeded() {
    Run reference = Runs.wrote("<X at 0x7f0011> took 1.5 s\n");
    assertEquals(
        Set.of(), compare(reference, Runs.wrote("<X at 0x7f0011> took 1.5 s\n")).normalisers());
    assertEquals(
        Set.of(Normaliser.ADDRESS),
        compare(reference, Runs.wrote("<X at 0x55aa00> took 1.5 s\n")).normalisers());
    assertEquals(
        Set.of(Normaliser.ADDRESS, Normaliser.DURATION),
        compare(reference, Runs.wrote("<X at 0x55aa00> took 1.6 s\n")).normalisers());
  }

  @Test
  void aDifferenceIsADifferenceUnderEveryNormaliser() {
    Comparison comparison = compare(Runs.wrote("a\nb\n"), Runs.wrote("a\nc\n"));
    assertEquals(List.of(Aspect.STDOUT), aspects(comparison));
    assertEquals("expected `b`, got `c`", comparison.differences().getFirst().words());
    assertEquals(Set.of(), comparison.normalisers());
  }

  @Test
  void typeAndMessageOfTheExceptionCountAndItsFramesDoNot() {
    Run reference = Runs.ended(1, "", FAILURE.formatted("/a/x.py", 3, "ValueError: one"));
    Comparison same =
        compare(reference, Runs.ended(1, "", FAILURE.formatted("/b/y.py", 99, "ValueError: one")));
    assertTrue(same.agrees());
    assertEquals(Set.of(Normaliser.TRACEBACK_LINE), same.normalisers());
    Comparison other =
        compare(reference, Runs.ended(1, "", FAILURE.formatted("/a/x.py", 3, "ValueError: two")));
    assertEquals(List.of(Aspect.EXCEPTION), aspects(other));
  }

  @Test
  void exitStatusAndSignalsCount() {
    Comparison comparison = compare(Runs.ended(0, "", ""), Runs.ended(139, "", ""));
    assertEquals(List.of(Aspect.EXIT), aspects(comparison));
    assertEquals(
        "expected exit status 0, got exit status 139 (signal 11)",
        comparison.differences().getFirst().words());
  }

  @Test
  void warningsCompareByCategoryAndMessageInAnyOrder() {
    Run reference =
        Runs.ended(
            0,
            "",
            "/a/x.py:3: DeprecationWarning: old\n"
                + "  old()\n"
                + "sys:1: RuntimeWarning: coroutine 'f' was never awaited\n");
    assertTrue(
        compare(
                reference,
                Runs.ended(
                    0,
                    "",
                    "/b/y.py:7: RuntimeWarning: coroutine 'f' was never awaited\n"
                        + "RuntimeWarning: again\n".repeat(0)
                        + "/b/y.py:4: DeprecationWarning: old\n"))
            .agrees());
    assertEquals(
        List.of(Aspect.WARNINGS),
        aspects(
            compare(reference, Runs.ended(0, "", "x.py:3: DeprecationWarning: old\n  old()\n"))));
  }

  @Test
  void theRestOfStderrCountsInOrder() {
    Run reference = Runs.ended(0, "", "INFO one\nINFO two\n");
    assertTrue(compare(reference, Runs.ended(0, "", "INFO one\nINFO two\n")).agrees());
    assertEquals(
        List.of(Aspect.STDERR),
        aspects(compare(reference, Runs.ended(0, "", "INFO two\nINFO one\n"))));
  }

  @Test
  void aWarningBelowATracebackIsNotItsException() {
    Run run =
        Runs.ended(
            1,
            "",
            FAILURE.formatted("x.py", 1, "TypeError: no")
                + "sys:1: RuntimeWarning: never awaited\n");
    Stderr parts = Stderr.of(run);
    assertEquals(List.of("TypeError: no"), parts.exception());
    assertEquals(List.of("RuntimeWarning: never awaited"), parts.warnings());
  }
}
