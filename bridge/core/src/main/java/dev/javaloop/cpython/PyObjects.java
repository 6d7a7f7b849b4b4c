package dev.javaloop.cpython;

/// Python objects that live as long as the process, and small helpers over [CApi].
final class PyObjects {
  static final long NONE = Symbols.require("_Py_NoneStruct");
  static final long TRUE = Symbols.require("_Py_TrueStruct");
  static final long FALSE = Symbols.require("_Py_FalseStruct");
  static final long EMPTY_TUPLE = CApi.newTuple(0);
  static final long TUPLE_TYPE = Symbols.require("PyTuple_Type");
  static final long FLOAT_TYPE = Symbols.require("PyFloat_Type");
  static final long INT_TYPE = Symbols.require("PyLong_Type");
  static final long TEXT_TYPE = Symbols.require("PyUnicode_Type");
  static final long LIST_TYPE = Symbols.require("PyList_Type");
  static final long DICT_TYPE = Symbols.require("PyDict_Type");
  static final long BYTES_TYPE = Symbols.require("PyBytes_Type");
  static final long CONTEXT_TYPE = Symbols.require("PyContext_Type");
  static final long COROUTINE_TYPE = Symbols.require("PyCoro_Type");

  private PyObjects() {}

  static long typeOf(long object) {
    return Memory.word(object + Layout.TYPE);
  }

  /// The name of an object's type, qualified unless it is built in.
  static String typeName(long object) {
    long type = typeOf(object);
    String name = textAttribute(type, "__qualname__");
    String module = textAttribute(type, "__module__");
    return module.equals("builtins") ? name : module + "." + name;
  }

  private static String textAttribute(long object, String name) {
    long text = Names.attribute(object, name);
    try {
      return typeOf(text) == TEXT_TYPE ? Texts.of(text) : "?";
    } finally {
      References.drop(text);
    }
  }

  /// None, owned.
  static long none() {
    References.add(NONE);
    return NONE;
  }

  /// A bool, owned.
  static long bool(boolean value) {
    long constant = value ? TRUE : FALSE;
    References.add(constant);
    return constant;
  }

  /// A module, owned.
  static long importModule(String name) {
    return checked(CApi.importModule(Memory.cString(name)));
  }

  /// The dict behind a class or module, borrowed from it.
  static long dictOf(long object) {
    long view = Names.attribute(object, "__dict__");
    // A class gives a proxy of its dict, which the collector knows to be what it refers to.
    if (typeOf(view) == Symbols.require("PyDict_Type")) {
      References.drop(view);
      return view;
    }
    long gc = importModule("gc");
    long referents = callMethod(gc, "get_referents", view);
    long dict = CApi.listItem(referents, 0);
    References.drop(referents);
    References.drop(gc);
    References.drop(view);
    return dict;
  }

  /// Calls a method of an object. Owned.
  ///
  /// @throws Failures.PythonRaised where it raises
  static long callMethod(long object, String name, long... arguments) {
    long method = Names.attribute(object, name);
    try {
      return call(method, arguments);
    } finally {
      References.drop(method);
    }
  }

  /// Calls a callable. Owned.
  ///
  /// @throws Failures.PythonRaised where it raises
  static long call(long callable, long... arguments) {
    long tuple = tuple(arguments);
    try {
      return checked(CApi.call(callable, tuple, 0));
    } finally {
      References.drop(tuple);
    }
  }

  /// A tuple of objects, which are borrowed. Owned.
  static long tuple(long... items) {
    long tuple = checked(CApi.newTuple(items.length));
    for (int i = 0; i < items.length; i++) {
      References.add(items[i]);
      Memory.setWord(tuple + Layout.TUPLE_ITEMS + 8L * i, items[i]);
    }
    return tuple;
  }

  /// A tuple of some of the words of an array of objects, which are borrowed. Owned.
  static long slice(long array, long from, long to) {
    if (from >= to) {
      References.add(EMPTY_TUPLE);
      return EMPTY_TUPLE;
    }
    long tuple = checked(CApi.newTuple(to - from));
    long target = tuple + Layout.TUPLE_ITEMS;
    for (long i = from; i < to; i++, target += 8) {
      long item = Memory.word(array + 8 * i);
      References.add(item);
      Memory.setWord(target, item);
    }
    return tuple;
  }

  /// @throws Failures.PythonRaised for 0
  static long checked(long object) {
    if (object == 0) {
      throw new Failures.PythonRaised();
    }
    return object;
  }

  /// @throws Failures.PythonRaised below 0
  static int checked(int result) {
    if (result < 0) {
      throw new Failures.PythonRaised();
    }
    return result;
  }
}
