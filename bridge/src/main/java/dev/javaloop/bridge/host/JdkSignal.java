package dev.javaloop.bridge.host;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// `sun.misc.Signal`, which has no replacement; by reflection, because javac's warning of it cannot
/// be turned off and warnings are errors here.
public final class JdkSignal {
  private JdkSignal() {}

  /// Puts a handler in front of the present one.
  ///
  /// @param name the signal's name without `SIG`
  /// @param handler called on a thread of the JVM's for each signal, with the handler that was
  ///   there
  /// @throws IllegalArgumentException for a signal that the JVM keeps to itself
  static void chain(String name, Consumer<Runnable> handler) {
    try {
      Class<?> signalClass = Class.forName("sun.misc.Signal");
      Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
      Method handle = handlerClass.getMethod("handle", signalClass);
      // A signal may arrive before the one who installs the handler knows what was there.
      CompletableFuture<Object> before = new CompletableFuture<>();
      Object chained =
          Proxy.newProxyInstance(
              JdkSignal.class.getClassLoader(),
              new Class<?>[] {handlerClass},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      handler.accept(() -> call(handle, before.join(), arguments[0]));
                      yield null;
                    }
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> "javaloop's handler of SIG" + name;
                  });
      before.complete(install(name, chained));
    } catch (ReflectiveOperationException e) {
      if (e.getCause() instanceof IllegalArgumentException cause) {
        throw cause;
      }
      throw new IllegalStateException("sun.misc.Signal is not as expected", e);
    }
  }

  /// Gives a signal back to the system, whose default ends the process by that signal. One that the
  /// process was started to ignore stays ignored.
  ///
  /// @param name the signal's name without `SIG`
  static void release(String name) {
    try {
      install(name, Class.forName("sun.misc.SignalHandler").getField("SIG_DFL").get(null));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("sun.misc.Signal is not as expected", e);
    }
  }

  /// Installs a handler, and returns the one before it.
  private static Object install(String name, Object handler) throws ReflectiveOperationException {
    Class<?> signalClass = Class.forName("sun.misc.Signal");
    Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
    Object signal = signalClass.getConstructor(String.class).newInstance(name);
    return signalClass.getMethod("handle", signalClass, handlerClass).invoke(null, signal, handler);
  }

  private static void call(Method handle, Object handler, Object signal) {
    try {
      handle.invoke(handler, signal);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the handler of " + signal + " failed", e);
    }
  }
}
