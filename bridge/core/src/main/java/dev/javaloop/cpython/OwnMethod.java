package dev.javaloop.cpython;

/// A method that a class has, and whether an object still has it: no class that derives from it
/// overrides it, and neither the class nor the object has been given another. With the GIL held.
final class OwnMethod {
  private final long name;

  /// What the class has under that name; it lives as long as the process.
  private final long function;

  /// @param function what the class has under the name
  OwnMethod(String name, long function) {
    this.name = Names.of(name);
    this.function = function;
    References.add(function);
  }

  /// Whether an object has this method.
  ///
  /// @throws Failures.PythonRaised where looking it up raises
  boolean isOf(long object) {
    return CApi.HAS_GET_METHOD ? isFound(object) : isBound(object);
  }

  private boolean isFound(long object) {
    int kind = CApi.getMethod(object, name, Found.PLACE);
    long found = PyObjects.checked(Memory.word(Found.PLACE));
    boolean own = kind == 1 && found == function;
    References.drop(found);
    return own;
  }

  /// The same for a CPython without that function, by an equal method.
  private boolean isBound(long object) {
    long found = PyObjects.checked(CApi.getAttribute(object, name));
    long bound = PyObjects.callMethod(function, "__get__", object);
    long equal = PyObjects.callMethod(bound, "__eq__", found);
    References.drop(found);
    References.drop(bound);
    References.drop(equal);
    return equal == PyObjects.TRUE;
  }

  private static final class Found {
    static final long PLACE = Memory.allocate(Long.BYTES);
  }
}
