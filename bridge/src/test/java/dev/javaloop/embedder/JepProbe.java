package dev.javaloop.embedder;

import dev.javaloop.bridge.PythonRuntime;

/// A program that wants CPython. Prints why it cannot have it.
public final class JepProbe {
  private JepProbe() {}

  public static void main(String[] arguments) {
    try (PythonRuntime python = PythonRuntime.jep().start()) {
      System.out.println("started " + python);
    } catch (IllegalStateException e) {
      System.out.println("refused " + e.getMessage());
    }
  }
}
