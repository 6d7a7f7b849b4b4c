package dev.javaloop.embedder;

import dev.javaloop.bridge.PythonFunction;
import dev.javaloop.bridge.PythonRuntime;
import java.nio.file.Path;

/// A program that embeds Python, outside the module. Prints what the tests look for.
public final class EmbedderProbe {
  private EmbedderProbe() {}

  public static void main(String[] arguments) {
    try (PythonRuntime python = PythonRuntime.graalpy().sources(Path.of(arguments[0])).start()) {
      PythonFunction hot = python.module("hot").function("hot_function");
      int calls = Integer.getInteger("probe.calls", 1);
      for (int i = 0; i < calls; i++) {
        hot.call(Long.class, 100);
      }
      System.out.println("result " + hot.call(Long.class, 100));
    } catch (IllegalStateException e) {
      System.out.println("refused " + e.getMessage());
      System.exit(3);
    }
  }
}
