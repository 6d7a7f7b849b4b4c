import dev.javaloop.bridge.AsyncFunction;
import dev.javaloop.bridge.PythonException;
import dev.javaloop.bridge.PythonModule;
import dev.javaloop.bridge.PythonRuntime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

/// A Java program that calls `async def` functions: `examples/embed/run`. It checks what it sees,
/// and ends with status 0 only if all of it is right.
final class Embed {
  public static void main(String[] arguments) {
    try (PythonRuntime python = PythonRuntime.graalpy().sources(Path.of(arguments[0])).start()) {
      PythonModule app = python.module("app");

      AsyncFunction greet = app.async("greet");
      List<String> greetings =
          IntStream.range(0, 3)
              .parallel() // any thread may call
              .mapToObj(i -> greet.call(String.class, "thread " + i))
              .toList()
              .stream()
              .map(CompletableFuture::join)
              .toList();
      check(greetings, List.of("hello, thread 0", "hello, thread 1", "hello, thread 2"));

      CompletableFuture<Integer> number = new CompletableFuture<>();
      CompletableFuture<Integer> doubled = app.async("double").call(Integer.class, number);
      number.complete(21);
      check(doubled.join(), 42);

      try {
        app.async("fail").call(Void.class).join();
        throw new AssertionError("fail() did not fail");
      } catch (CompletionException e) {
        PythonException error = (PythonException) e.getCause();
        check(error.type() + ": " + error.pythonMessage(), "LookupError: nothing here");
        check(error.traceback().contains("in fail"), true);
      }

      CompletableFuture<Object> started = new CompletableFuture<>();
      CompletableFuture<Void> waiting = app.async("wait_forever").call(Void.class, started);
      started.complete(null);
      check(app.async("greet").call(String.class, "again").join(), "hello, again");
      waiting.cancel(true);
      check(waiting.isCancelled(), true);

      check(python.close(Duration.ofSeconds(30)), true);
    }
    System.out.println("java: done");
  }

  private static void check(Object seen, Object expected) {
    System.out.println("java: " + seen);
    if (!seen.equals(expected)) {
      throw new AssertionError("expected " + expected + ", saw " + seen);
    }
  }
}
