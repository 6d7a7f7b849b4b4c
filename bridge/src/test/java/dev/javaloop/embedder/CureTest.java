package dev.javaloop.embedder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javaloop.bridge.PythonModule;
import dev.javaloop.bridge.PythonRuntime;
import dev.javaloop.embedder.ChildJvm.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The bugs of GraalPy that this project cures or goes round: the engine as it is has each of them,
/// ours shows none. When one is gone from the engine, its test here says what can go with it.
class CureTest {
  @TempDir private static Path folder;
  private static Result plain;
  private static PythonRuntime python;
  private static PythonModule ways;

  @BeforeAll
  static void runBothEngines() throws Exception {
    makeCertificateOfLocalhost();
    plain =
        onPlainEngine(
            "report(); print('bug any_address', engine_bugs.any_address('%s', '%s'))"
                .formatted(folder.resolve("certificate.pem"), folder.resolve("key.pem")));
    python = PythonRuntime.graalpy().sources(Path.of(ChildJvm.PYTHON)).start();
    ways = python.module("ways_round");
  }

  private static void makeCertificateOfLocalhost() throws Exception {
    Path store = folder.resolve("store");
    String password = "changeit";
    Result made =
        ChildJvm.run(
            Path.of(System.getProperty("java.home"), "bin", "keytool"),
            List.of("-genkeypair", "-alias", "it", "-keyalg", "RSA", "-dname", "CN=localhost"),
            List.of("-ext", "san=dns:localhost", "-keystore", store.toString()),
            List.of("-storepass", password));
    assertEquals(0, made.status(), made::text);
    KeyStore keys = KeyStore.getInstance(store.toFile(), password.toCharArray());
    pem("certificate", "CERTIFICATE", keys.getCertificate("it").getEncoded());
    pem("key", "PRIVATE KEY", keys.getKey("it", password.toCharArray()).getEncoded());
  }

  private static void pem(String file, String kind, byte[] content) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        folder.resolve(file + ".pem"),
        "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(kind, text));
  }

  private static Result onPlainEngine(String program) throws Exception {
    return ChildJvm.run(
        ChildJvm.java(),
        modules(plainLanguage()),
        ChildJvm.NATIVE,
        ChildJvm.UNSAFE,
        List.of("-cp", ChildJvm.TEST_CLASSES.toString()),
        List.of(EngineProbe.class.getName(), ChildJvm.PYTHON, program));
  }

  private static Path plainLanguage() throws IOException {
    return Path.of(System.getProperty("javaloop.plainLanguage")).toRealPath();
  }

  private static List<String> modules(Path language) throws IOException {
    String jars = ChildJvm.path(ChildJvm.jars(language));
    return List.of("--module-path", jars, "--add-modules", "ALL-MODULE-PATH");
  }

  @AfterAll
  static void close() {
    python.close();
  }

  @ParameterizedTest
  @CsvSource({
    "async_with, the module graalpy-language and EngineCheck.refuseBrokenAsyncWith",
    "async_with_cancelled, the module graalpy-language and EngineCheck.refuseBrokenAsyncWith",
    "sleep_of_whole_seconds, Cure.sleep",
    "annotations_of_a_tree, Cure.typeParameters",
    "any_address, Cure.addresses",
    "coroutine_name, javaloop._names",
    "anext_with_a_default, javaloop._anext",
    "asyncgen_finalizer, the sweep of Loop._asyncgens",
    "wakeup_fd, javaloop._signals and Loop.add_signal_handler",
  })
  void thePlainEngineHasIt(String bug, String cure) {
    List<String> line = plain.starting("bug " + bug + " ");
    assertEquals(1, line.size(), plain::text);
    assertEquals(
        "bug " + bug + " True",
        line.get(0),
        "the cure is no longer needed: this engine does not have the bug; take away " + cure);
  }

  @Test
  void theCuredEngineHasNone() {
    List<String> cured =
        List.of(
            "async_with",
            "async_with_cancelled",
            "sleep_of_whole_seconds",
            "annotations_of_a_tree",
            "match_with_conditions",
            "traceback_of_a_running_thread",
            "traceback_of_a_handler");
    List<?> report = python.module("engine_bugs").function("report").call(List.class, cured);
    assertEquals(cured.stream().map(bug -> bug + " False").toList(), report);
    assertEquals(true, call("lock_stays_locked", Boolean.class));
  }

  @ParameterizedTest
  @CsvSource({
    "match_with_conditions, FrameSlotTypeException, Cure.match",
    "traceback_of_a_running_thread, NullPointerException, Cure.framesOfThreads",
    "traceback_of_a_handler, NullPointerException, Cure.enteredFrames",
  })
  void thePlainEngineEndsWithIt(String bug, String error, String cure) throws Exception {
    Result result = onPlainEngine("engine_bugs." + bug + "()");
    assertTrue(
        result.text().contains(error),
        () -> "the cure is no longer needed: take away " + cure + "\n" + result.text());
  }

  @Test
  void aCertificateOfAnotherAddressIsRefused() {
    Boolean taken =
        python
            .module("engine_bugs")
            .function("any_address")
            .call(
                Boolean.class,
                folder.resolve("certificate.pem").toString(),
                folder.resolve("key.pem").toString());
    assertEquals(false, taken);
  }

  @Test
  void tasksShowTheNamesOfTheirCoroutines() {
    String text = call("task_name", String.class);
    assertTrue(text.contains("coro=<task_name.<locals>.named() "), text);
  }

  @Test
  void generatorsAreClosedWithTheirLoop() {
    assertEquals(true, call("generators_are_closed", Boolean.class));
  }

  @Test
  void signalsReachTheLoop() {
    assertEquals("handled", call("signal_is_handled", String.class));
  }

  @Test
  void thePlainEngineCompilesCoroutinesThatTakeNumbersAgainAndAgain() throws Exception {
    long times = compilations(plainLanguage());
    assertTrue(times > 3, "compiled only " + times + " times: take away Cure.generatorLocals");
  }

  @Test
  void theCuredEngineCompilesThemAndIsDone() throws Exception {
    long times = compilations(null);
    assertTrue(1 <= times && times <= 3, "compiled " + times + " times");
  }

  private static long compilations(Path language) throws Exception {
    Result result =
        ChildJvm.run(
            ChildJvm.java(),
            ChildJvm.JVMCI,
            ChildJvm.COMPILER,
            modules(language),
            ChildJvm.NATIVE,
            ChildJvm.UNSAFE,
            List.of(
                "-Dpolyglot.engine.Mode=latency",
                "-Dpolyglot.engine.BackgroundCompilation=false",
                "-Dpolyglot.engine.CompileOnly=takes_number",
                "-Dpolyglot.engine.TraceCompilation=true",
                "-cp",
                ChildJvm.TEST_CLASSES.toString()),
            List.of(EngineProbe.class.getName(), ChildJvm.PYTHON, "hot.call_number_takers()"));
    assertEquals(0, result.status(), result::text);
    return result.containing("opt done", "takes_number (generator resume bci=0)").size();
  }

  private static <T> T call(String function, Class<T> type) {
    return ways.async(function).call(type).orTimeout(120, TimeUnit.SECONDS).join();
  }
}
