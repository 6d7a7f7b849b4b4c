package dev.javaloop.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class TranscriptTest {
  @Test
  void cellsOfAnIpythonSessionAndItsOutput() {
    Transcript session =
        Transcript.parse(
                """
                In [7]: def f(n):
                   ...:     if n:
                   ...:         print(n)
                   ...:
                   ...:     return n

                In [8]: f(3)
                3
                Out[8]: 3
                """)
            .orElseThrow();
    assertEquals(
        List.of(
            new Transcript.Cell("7", "def f(n):\n    if n:\n        print(n)\n\n    return n\n"),
            new Transcript.Cell("8", "f(3)\n")),
        session.cells());
    assertEquals("\n3\nOut[8]: 3\n", session.recordedOutput());
  }

  @Test
  void plainSession() {
    Transcript session =
        Transcript.parse(">>> if True:\n...     1\n...\n1\n>>>\n>>> 2\n2\n").orElseThrow();
    assertEquals(
        List.of("if True:\n    1\n\n", "2\n"),
        session.cells().stream().map(Transcript.Cell::source).toList());
    assertEquals("1\n2\n", session.recordedOutput());
  }

  @Test
  void promptsBelowCodeMakeNoSession() {
    assertTrue(Transcript.parse("print(1)\nIn [1]: f()\n").isEmpty());
    assertTrue(Transcript.parse("\n \n").isEmpty());
  }
}
