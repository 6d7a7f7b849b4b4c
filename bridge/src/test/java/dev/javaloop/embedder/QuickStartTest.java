package dev.javaloop.embedder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.javaloop.embedder.ChildJvm.Result;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the launcher starts has all three at once: the start-up cache, the JIT and the cure.
class QuickStartTest {
  @TempDir Path folder;

  @Test
  void cacheAndJitAndCureTogether() throws Exception {
    Path cache = ChildJvm.RUNTIME.resolve("aot");
    assumeTrue(Files.exists(cache), "ci/build has not made " + cache);
    assumeTrue(isNewest(cache), "ci/build has not run since the jars were built");
    Path loaded = folder.resolve("loaded");
    Result result =
        ChildJvm.run(
            ChildJvm.RUNTIME.resolve("java"),
            List.of(
                "@" + ChildJvm.RUNTIME.resolve("launch.args"),
                "-Xlog:class+load=info:file=" + loaded,
                "-Dpolyglot.engine.TraceCompilation=true",
                "-Dpolyglot.engine.BackgroundCompilation=false",
                "-Dpolyglot.engine.CompileOnly=hot_function",
                "-m",
                "dev.javaloop.bridge/dev.javaloop.bridge.cli.Main",
                ChildJvm.PYTHON + "/scripts/cured_and_hot.py"));
    assertEquals(0, result.status(), result::text);
    String language = "com.oracle.graal.python.PythonLanguage source: shared objects file";
    try (var lines = Files.lines(loaded)) {
      assertTrue(lines.anyMatch(line -> line.contains(language)), "from the cache: " + language);
    }
    assertFalse(result.containing("opt done", "hot_function").isEmpty(), result::text);
    assertEquals(List.of("async_with False"), result.starting("async_with "), result::text);
    assertEquals(
        List.of("async_with_cancelled False"), result.starting("async_with_c"), result::text);
  }

  private static boolean isNewest(Path cache) throws IOException {
    try (DirectoryStream<Path> jars =
        Files.newDirectoryStream(ChildJvm.RUNTIME.resolve("modules"))) {
      for (Path jar : jars) {
        if (Files.getLastModifiedTime(jar).compareTo(Files.getLastModifiedTime(cache)) > 0) {
          return false;
        }
      }
    }
    return true;
  }
}
