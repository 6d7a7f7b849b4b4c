package dev.javaloop.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class NormaliserTest {
  private record Row(Normaliser normaliser, String line, String expected) {}

  @TestFactory
  Stream<DynamicTest> lines() {
    return Stream.of(
            new Row(
                Normaliser.ADDRESS,
                "<Future at 0x7f3c92a1 state=x>",
                "<Future at 0x<address> state=x>"),
            new Row(Normaliser.ADDRESS, "0xff", "0xff"),
            new Row(
                Normaliser.ADDRESS, "<Future at 0x547 state=x>", "<Future at 0x<address> state=x>"),
            new Row(
                Normaliser.FUTURE_STATE,
                "<Future at 0x1 state=running> <Future at 0x2 state=finished>",
                "<Future at 0x1 state=<unfinished>> <Future at 0x2 state=finished>"),
            new Row(Normaliser.DURATION, "It took 1.0012 seconds.", "It took <duration> seconds."),
            new Row(Normaliser.DURATION, "耗时：2.0031", "耗时：<duration>"),
            new Row(Normaliser.DURATION, "waits 3s", "waits <duration>s"),
            new Row(Normaliser.DURATION, "3 shops, version 2.5", "3 shops, version 2.5"),
            new Row(
                Normaliser.THREAD_ID,
                "<_MainThread(MainThread, started 140735)>",
                "<_MainThread(MainThread, started <id>)>"),
            new Row(
                Normaliser.THREAD_ID, "pid=42, started daemon 17", "pid=<id>, started daemon <id>"),
            new Row(Normaliser.PATH, "at /tmp/here/case-1.py:7", "at case-1.py:7"),
            new Row(
                Normaliser.PATH,
                "at /usr/lib/python3.12/asyncio/tasks.py:649>",
                "at <path>/tasks.py:<line>>"),
            new Row(Normaliser.PATH, "http://host/a/b and a/b", "http://host/a/b and a/b"),
            new Row(
                Normaliser.HINT,
                "NameError: name 'asyncio' is not defined. Did you forget to import 'asyncio'?",
                "NameError: name 'asyncio' is not defined"),
            new Row(
                Normaliser.HINT,
                "AttributeError: no attribute 'coroutine'. Did you mean: 'coroutines'?",
                "AttributeError: no attribute 'coroutine'"),
            new Row(Normaliser.SET_ORDER, "{<b x>, <a, y>} set()", "{<a, y>, <b x>} set()"),
            new Row(Normaliser.SET_ORDER, "{2, 1}", "{2, 1}"),
            new Row(Normaliser.TASK_NUMBER, "name='Task-12'", "name='Task-<number>'"))
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.normaliser().label() + ": " + row.line(),
                    () ->
                        assertEquals(
                            row.expected(), row.normaliser().apply(row.line(), Runs.wrote("")))));
  }

  @Test
  void linesOfThreadsThatArriveTogetherHaveNoOrder() {
    Run run =
        new Run(
            0,
            false,
            3,
            Optional.empty(),
            "b\na\nd\nc\n",
            "",
            List.of(1000L, 1001L, 2000L, 2100L),
            false,
            "/tmp/here",
            List.of(),
            List.of());
    assertEquals(
        List.of("a", "b", "c", "d"), Normaliser.THREAD_ORDER.apply(run.stdoutLines(), run));
    assertEquals(
        List.of("z", "a"),
        Normaliser.THREAD_ORDER.apply(List.of("z", "a"), run),
        "lines without a time stay");
  }

  @Test
  void theOrderIsOpenOnlyWhereThreadsAreStarted() {
    assertTrue(
        Normaliser.of("pool = ThreadPoolExecutor(5)", false).contains(Normaliser.THREAD_ORDER));
    assertFalse(Normaliser.of("asyncio.run(main())", false).contains(Normaliser.THREAD_ORDER));
    assertTrue(Normaliser.of("", true).contains(Normaliser.TASK_NUMBER));
    assertFalse(Normaliser.of("", false).contains(Normaliser.TASK_NUMBER));
  }

  private static List<String> withoutFrames(String text) {
    return Normaliser.TRACEBACK_LINE.apply(text.lines().toList(), Runs.wrote(""));
  }

  @Test
  void framesOfATracebackGoAndWhatWasRaisedStays() {
    String text =
        """
        Traceback (most recent call last):
          File "x.py", line 1, in <module>
            f(a,
            ~^^^
          [Previous line repeated 3 more times]
          File "y.py", line 2, in f
        KeyError: 'a'

        During handling of the above exception, another exception occurred:

        Traceback (most recent call last):
          File "x.py", line 3, in <module>
            g()
        ValueError: a message
          in two lines
        """;
    assertEquals(
        List.of(
            "KeyError: 'a'",
            "",
            "During handling of the above exception, another exception occurred:",
            "",
            "ValueError: a message",
            "  in two lines"),
        withoutFrames(text).stream().filter(line -> !line.startsWith("Traceback")).toList());
  }

  @Test
  void syntaxErrorsHaveFramesWithoutAHeader() {
    assertEquals(
        List.of("SyntaxError: invalid syntax"),
        withoutFrames(
            "  File \"x.py\", line 1\n    while x\n           ^\nSyntaxError: invalid syntax\n"));
  }

  @Test
  void groupsOfExceptions() {
    String text =
        """
          + Exception Group Traceback (most recent call last):
          |   File "x.py", line 1, in <module>
          |     f()
          | ExceptionGroup: several (2 sub-exceptions)
          +-+---------------- 1 ----------------
            | Traceback (most recent call last):
            |   File "x.py", line 2, in f
            |     g()
            | ValueError: one
            +------------------------------------
        """;
    assertEquals(
        List.of(
            "  + Exception Group Traceback (most recent call last):",
            "  | ExceptionGroup: several (2 sub-exceptions)",
            "  +-+---------------- 1 ----------------",
            "    | Traceback (most recent call last):",
            "    | ValueError: one",
            "    +------------------------------------"),
        withoutFrames(text));
  }
}
