package dev.javaloop.bridge.jep;

import org.jspecify.annotations.Nullable;

/// A Java object that Python can only hand back: JEP would offer its methods.
public final class Held {
  private final Object object;

  Held(Object object) {
    this.object = object;
  }

  Object object() {
    return object;
  }

  static @Nullable Object open(@Nullable Object held) {
    return held instanceof Held h ? h.object() : null;
  }
}
