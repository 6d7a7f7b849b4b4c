package dev.javaloop.cpython;

import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;

/// Python's builtin functions and methods that are Java methods.
///
/// Such a Java method is static, takes addresses and gives one: an owned object, or 0 where a
/// Python exception is set. It may throw: what it throws becomes a Python exception
/// ([Failures#set]). It is called with the GIL held, on any thread of Python's, which the JVM then
/// knows as a daemon thread until it ends. They live as long as the process.
final class Builtins {
  /// How Python hands over arguments; the names of C's flags are in brackets.
  enum Convention {
    /// `(self, unused)` (METH_NOARGS)
    NONE(4, 2),
    /// `(self, argument)` (METH_O)
    ONE(8, 2),
    /// `(self, array, count)` (METH_FASTCALL)
    POSITIONAL(0x80, 3),
    /// `(self, array, count, names)`: `count` positional ones, then one for each item of the tuple
    /// `names`, which is 0 for none (METH_FASTCALL | METH_KEYWORDS)
    NAMED(0x82, 4);

    private final int flags;
    private final int words;

    Convention(int flags, int words) {
      this.flags = flags;
      this.words = words;
    }
  }

  private static final MethodHandle TO_PYTHON;
  private static final MethodHandle ENTER;

  static {
    try {
      ENTER =
          MethodHandles.lookup()
              .findStatic(ThreadEnds.class, "enter", MethodType.methodType(void.class));
      TO_PYTHON =
          MethodHandles.lookup()
              .findStatic(
                  Failures.class, "set", MethodType.methodType(long.class, Throwable.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final MethodHandles.Lookup lookup;

  /// @param lookup of the class that has the Java methods
  Builtins(MethodHandles.Lookup lookup) {
    this.lookup = lookup;
  }

  /// Sets a method on a class of Python's, as its `def` would.
  ///
  /// @param signature the method's name and parameters as `inspect` shows them, with `$self` first
  /// @param java the Java method's name
  void addMethod(long type, String signature, Convention convention, String java) {
    addMethod(type, signature, convention, find(convention, java));
  }

  /// Sets a method on a class of Python's.
  ///
  /// @param java takes the words of the convention
  static void addMethod(long type, String signature, Convention convention, MethodHandle java) {
    String name = signature.substring(0, signature.indexOf('('));
    addMethod(type, name, definition(signature, convention, java));
  }

  /// Sets a method on a class of Python's.
  ///
  /// @param definition of [#definition]
  static void addMethod(long type, String name, long definition) {
    long method = PyObjects.checked(CApi.newMethodDescriptor(type, definition));
    PyObjects.checked(CApi.setAttribute(type, Names.of(name), method));
    References.drop(method);
  }

  /// Sets a function on a module.
  ///
  /// @param signature the function's name and parameters, with `$module` first
  /// @param java the Java method's name; its `self` is the module
  void addFunction(long module, String signature, Convention convention, String java) {
    String name = signature.substring(0, signature.indexOf('('));
    long function =
        PyObjects.checked(
            CApi.newFunction(definition(signature, convention, find(convention, java)), module, 0));
    PyObjects.checked(CApi.setAttribute(module, Names.of(name), function));
    References.drop(function);
  }

  /// A `PyMethodDef`.
  ///
  /// @param java the Java method's name
  long definition(String signature, Convention convention, String java) {
    return definition(signature, convention, find(convention, java));
  }

  private static long definition(String signature, Convention convention, MethodHandle java) {
    String name = signature.substring(0, signature.indexOf('('));
    long definition = Memory.allocate(4L * Long.BYTES);
    Memory.setWord(definition, Memory.cString(name));
    Memory.setWord(definition + 8, stub(convention, java));
    Memory.setInt(definition + 16, convention.flags);
    Memory.setWord(definition + 24, Memory.cString(signature + "\n--\n\n"));
    return definition;
  }

  // Restricted because a stub that is called after its arena's end ends the process: these have
  // none.
  @SuppressWarnings("restricted")
  private static long stub(Convention convention, MethodHandle java) {
    Class<?>[] others = new Class<?>[4 - convention.words];
    Arrays.fill(others, long.class);
    MethodHandle checked =
        MethodHandles.catchException(
            MethodHandles.foldArguments(java, ENTER), Throwable.class, TO_PYTHON);
    return Symbols.LINKER
        .upcallStub(
            MethodHandles.dropArguments(checked, convention.words, others),
            Symbols.WORDS,
            Arena.global())
        .address();
  }

  private MethodHandle find(Convention convention, String java) {
    Class<?>[] words = new Class<?>[convention.words];
    Arrays.fill(words, long.class);
    try {
      return lookup.findStatic(
          lookup.lookupClass(), java, MethodType.methodType(long.class, words));
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(lookup.lookupClass() + " has no method " + java, e);
    }
  }
}
