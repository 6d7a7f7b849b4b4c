package dev.javaloop.cpython;

/// Methods of [Builtins] bound to an object, as an attribute look-up gives them.
final class BoundMethods {
  private static final long TYPE = Symbols.require("PyCFunction_Type");
  private static final long MOST_BYTES = 64;

  // In such an object.
  private static final long DEFINITION;
  private static final long SELF;

  static {
    long definition = Memory.allocate(4L * Long.BYTES); // is never called
    Memory.setWord(definition, Memory.cString("probe"));
    Memory.setInt(definition + 16, Builtins.Convention.NONE.flags());
    long marker = CApi.newList(0);
    long method = PyObjects.checked(CApi.newFunction(definition, marker, 0));
    DEFINITION = Layout.find(method, definition, MOST_BYTES, "the definition of a function");
    SELF = Layout.find(method, marker, MOST_BYTES, "the self of a function");
    CApi.decRef(method);
    CApi.decRef(marker);
  }

  private BoundMethods() {}

  /// Whether an object is a method, bound to whatever.
  ///
  /// @param definition of [Builtins#definition]
  static boolean is(long object, long definition) {
    return PyObjects.typeOf(object) == TYPE && Memory.word(object + DEFINITION) == definition;
  }

  /// What a method is bound to, borrowed from it.
  static long self(long method) {
    return Memory.word(method + SELF);
  }
}
