package dev.javaloop.cpython;

import java.util.Arrays;

/// References that are to be given up where that cannot hurt: it may run Python code. Guarded by
/// the GIL.
final class ReleasedReferences {
  private long[] objects = new long[16];
  private int size;

  /// Takes a reference.
  void add(long object) {
    if (size == objects.length) {
      objects = Arrays.copyOf(objects, 2 * size);
    }
    objects[size++] = object;
  }

  /// Gives all up.
  void drop() {
    while (size > 0) {
      References.drop(objects[--size]);
    }
  }
}
