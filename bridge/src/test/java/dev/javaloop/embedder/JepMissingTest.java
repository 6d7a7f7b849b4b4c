package dev.javaloop.embedder;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.javaloop.embedder.ChildJvm.Result;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What an embedder reads who has not added JEP.
class JepMissingTest {
  @Test
  void theMissingArtifactIsNamed() throws Exception {
    String modules = ChildJvm.RUNTIME + "/modules/*";
    Result result =
        ChildJvm.run(
            ChildJvm.java(),
            List.of("-cp", ChildJvm.path(List.of(modules, ChildJvm.TEST_CLASSES.toString()))),
            List.of("dev.javaloop.embedder.JepProbe"));
    assertEquals(
        List.of(
            "refused the engine jep needs org.ninia:jep:4.3.1 where dev.javaloop:bridge is: both on"
                + " the class path, or both on the module path"),
        result.lines());
  }
}
