package dev.javaloop.embedder;

import static dev.javaloop.embedder.ChildJvm.COMPILER;
import static dev.javaloop.embedder.ChildJvm.JVMCI;
import static dev.javaloop.embedder.ChildJvm.MODULES;
import static dev.javaloop.embedder.ChildJvm.NATIVE;
import static dev.javaloop.embedder.ChildJvm.PYTHON;
import static dev.javaloop.embedder.ChildJvm.RUNTIME;
import static dev.javaloop.embedder.ChildJvm.TEST_CLASSES;
import static dev.javaloop.embedder.ChildJvm.UNSAFE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.javaloop.embedder.ChildJvm.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a program that embeds Python is told about its JVM's flags.
@Timeout(600)
class FlagsTest {
  private static final String MAIN = EmbedderProbe.class.getName();
  private static final List<String> HOT =
      List.of(
          "-Dprobe.calls=3000",
          "-Dpolyglot.engine.TraceCompilation=true",
          "-Dpolyglot.engine.BackgroundCompilation=false",
          "-Dpolyglot.engine.CompileOnly=hot_function");
  private static final List<String> HOME = List.of("-Djavaloop.runtime=" + RUNTIME);

  private static final List<String> ON_CLASS_PATH = List.of("-cp", TEST_CLASSES.toString());
  private static final List<String> PROGRAM = List.of(MAIN, PYTHON);

  private static List<String> allOnClassPath(Path language) throws Exception {
    List<String> parts = new ArrayList<>(ChildJvm.jars(language));
    parts.add(TEST_CLASSES.toString());
    return List.of("-cp", ChildJvm.path(parts));
  }

  @Test
  void onTheModulePathWithAllFlags() throws Exception {
    isCompiled(
        ChildJvm.run(
            ChildJvm.java(),
            JVMCI,
            COMPILER,
            MODULES,
            NATIVE,
            UNSAFE,
            HOME,
            HOT,
            ON_CLASS_PATH,
            PROGRAM));
  }

  @Test
  void jvmciAndNativeAccessAreNamed() throws Exception {
    Result result =
        ChildJvm.run(ChildJvm.java(), COMPILER, MODULES, UNSAFE, HOME, ON_CLASS_PATH, PROGRAM);
    assertEquals(List.of("result 4950"), result.starting("result"), result::text);
    assertEquals(
        List.of("-XX:+EnableJVMCI", "--enable-native-access=org.graalvm.truffle,dev.javaloop.loop"),
        result.missingFlags(),
        result::text);
    assertEquals(1, result.containing("-XX:+EnableJVMCI", "ten times slower").size());
    assertEquals(1, result.containing("missing JVM flag --enable-native", "refuse").size());
  }

  @Test
  void compilerAndUnsafeAccessAreNamed() throws Exception {
    Result result =
        ChildJvm.run(ChildJvm.java(), JVMCI, MODULES, NATIVE, HOME, ON_CLASS_PATH, PROGRAM);
    assertEquals(List.of("result 4950"), result.starting("result"), result::text);
    assertEquals(
        List.of("--upgrade-module-path", "--sun-misc-unsafe-memory-access=allow"),
        result.missingFlags(),
        result::text);
  }

  @Test
  void onTheClassPathWithoutFlags() throws Exception {
    Result result = ChildJvm.run(ChildJvm.java(), HOME, allOnClassPath(null), PROGRAM);
    assertEquals(List.of("result 4950"), result.starting("result"), result::text);
    assertEquals(
        List.of(
            "-XX:+EnableJVMCI",
            "--upgrade-module-path",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"),
        result.missingFlags(),
        result::text);
  }

  @Test
  void onTheClassPathWithAllFlags() throws Exception {
    List<String> upgrade = new ArrayList<>(List.of(RUNTIME + "/compiler/compiler.jar"));
    for (String jar : ChildJvm.jars(null)) {
      if (Path.of(jar)
          .getFileName()
          .toString()
          .matches("(collections|word|nativeimage|truffle-compiler)-.*")) {
        upgrade.add(jar);
      }
    }
    isCompiled(
        ChildJvm.run(
            ChildJvm.java(),
            JVMCI,
            List.of(
                "--upgrade-module-path",
                ChildJvm.path(upgrade),
                "--add-modules=jdk.graal.compiler,org.graalvm.truffle.compiler",
                "--enable-native-access=ALL-UNNAMED"),
            UNSAFE,
            HOME,
            HOT,
            allOnClassPath(null),
            PROGRAM));
  }

  @Test
  void theArgumentFilesForEmbedders() throws Exception {
    Path modules = RUNTIME.resolve("javaloop.args");
    Path classes = RUNTIME.resolve("javaloop-classpath.args");
    assumeTrue(
        Files.exists(modules) && Files.exists(classes), "ci/build has not made them: " + modules);
    isCompiled(ChildJvm.run(ChildJvm.java(), List.of("@" + modules), HOT, ON_CLASS_PATH, PROGRAM));
    isCompiled(
        ChildJvm.run(ChildJvm.java(), List.of("@" + classes), HOT, allOnClassPath(null), PROGRAM));
  }

  private static void isCompiled(Result result) {
    assertEquals(List.of("result 4950"), result.starting("result"), result::text);
    assertEquals(List.of(), result.missingFlags(), result::text);
    assertEquals(List.of(), result.starting("WARNING"), result::text);
    assertFalse(result.containing("opt done", "hot_function").isEmpty(), result::text);
    assertEquals(0, result.status());
  }

  @Test
  void anEngineWithoutTheCureIsRefused() throws Exception {
    Result result =
        ChildJvm.run(
            ChildJvm.java(),
            HOME,
            NATIVE,
            UNSAFE,
            allOnClassPath(Path.of(System.getProperty("javaloop.plainLanguage"))),
            PROGRAM);
    assertEquals(3, result.status(), result::text);
    List<String> refusal = result.starting("refused");
    assertEquals(1, refusal.size(), result::text);
    assertTrue(refusal.get(0).contains("__aexit__"), refusal::toString);
    assertTrue(refusal.get(0).contains("dev.javaloop:graalpy-language"), refusal::toString);
  }
}
