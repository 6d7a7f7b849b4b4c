package dev.javaloop.cpython;

/// Whether a class's builtin method is in the place where a program would find it, so that its Java
/// method may be called directly. With the GIL held.
final class BuiltinMethod {
  private static final long BUILTIN_TYPE = Symbols.require("PyCFunction_Type");

  private final long name;
  private final long definition;

  /// Of the definition in a bound method.
  private final long offset;

  /// @param name of the method
  /// @param definition of [Builtins#definition]
  /// @param type the class that has the method, or one that derives from it; `__new__` makes an
  ///   instance of it
  BuiltinMethod(String name, long definition, long type) {
    this.name = Names.of(name);
    this.definition = definition;
    long instance = PyObjects.checked(CApi.allocate(type, 0));
    long method = Names.attribute(instance, name);
    offset = Layout.find(method, definition, 8 * 8, "the definition of a builtin method");
    References.drop(method);
    References.drop(instance);
  }

  /// Whether an object has this method: no class overrides it, and neither the class nor the object
  /// has been given another.
  boolean isOf(long object) {
    long found = PyObjects.checked(CApi.getAttribute(object, name));
    boolean own =
        PyObjects.typeOf(found) == BUILTIN_TYPE && Memory.word(found + offset) == definition;
    References.drop(found);
    return own;
  }
}
