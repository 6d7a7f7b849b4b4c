package dev.javaloop.cpython;

import java.util.HashMap;
import java.util.Map;

/// Interned strs for attribute names. They live as long as the process. Guarded by the GIL.
final class Names {
  private static final Map<String, Long> STRS = new HashMap<>();

  private Names() {}

  /// The interned str, borrowed.
  static long of(String name) {
    Long known = STRS.get(name);
    if (known == null) {
      known = CApi.newInternedText(Memory.cString(name));
      STRS.put(name, known);
    }
    return known;
  }

  /// An attribute that has to be there, owned.
  static long attribute(long object, String name) {
    long found = CApi.getAttribute(object, of(name));
    if (found == 0) {
      throw Failures.taken("an attribute " + name + " is missing");
    }
    return found;
  }
}
