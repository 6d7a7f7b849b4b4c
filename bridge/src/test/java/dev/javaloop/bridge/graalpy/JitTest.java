package dev.javaloop.bridge.graalpy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Value;
import org.junit.jupiter.api.Test;

/// The tests run compiled: an interpreter alone would pass most of them, and be of no use.
class JitTest {

  @Test
  void hotPythonIsCompiled() {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    Map<String, String> options =
        Map.of(
            "engine.TraceCompilation", "true",
            "engine.BackgroundCompilation", "false",
            "engine.CompileOnly", "hot_function");
    try (Context context = GraalPyContext.builder(options, List.of("")).logHandler(log).build()) {
      String engine = context.getEngine().getImplementationName();
      assertFalse(engine.startsWith("Interpreted"), engine);
      assertEquals(
          List.of(),
          EngineCheck.missing(context.getEngine(), EngineCheck.restricted()),
          "no flag is missing");
      Value hot =
          context.eval(
              "python",
              """
              def hot_function(n):
                  total = 0
                  for i in range(n):
                      total += i
                  return total
              hot_function
              """);
      for (int i = 0; i < 3000; i++) {
        assertEquals(4950, hot.execute(100).asInt());
      }
    }
    String traced = log.toString(StandardCharsets.UTF_8);
    assertTrue(
        traced.lines().anyMatch(l -> l.contains("opt done") && l.contains("hot_function")), traced);
  }
}
