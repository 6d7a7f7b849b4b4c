package dev.javaloop.cpython;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/// CPython's C API, as far as it is used: exported functions only, which every version from 3.10 to
/// 3.14 has with the same meaning. An object is the address of its `PyObject`.
///
/// Who owns what: *owned* results are the caller's, to give up by [#decRef] or to hand on;
/// *borrowed* ones live as long as what they were taken from. Arguments are borrowed unless it is
/// said that the reference is taken. What is called, and what it is called with, has to be owned
/// across the call: Python code may drop every other reference.
///
/// The calling thread holds the GIL. A function that may run Python code, free an object or have
/// the collector run is an ordinary downcall; the others are *critical* ones (see
/// [Symbols#CRITICAL]).
final class CApi {
  private CApi() {}

  // --- References

  private static final MethodHandle INC_REF = critical("Py_IncRef");

  /// Makes one more reference to an object, owned by the caller.
  static void incRef(long object) {
    try {
      long _ = (long) INC_REF.invokeExact(object, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle DEC_REF = function("Py_DecRef");

  /// Gives up an owned reference. May run Python code: a finalizer.
  static void decRef(long object) {
    try {
      long _ = (long) DEC_REF.invokeExact(object, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  // --- PyObjects and types

  private static final MethodHandle ALLOCATE = allocating("PyType_GenericAlloc");

  /// A new instance of a type, all zero but for its head; `__init__` does not run. Owned.
  static long allocate(long type, long items) {
    try {
      return (long) ALLOCATE.invokeExact(type, items, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle GET_ATTRIBUTE = function("PyObject_GetAttr");

  /// An attribute, owned, or 0 and an exception is set.
  static long getAttribute(long object, long name) {
    try {
      return (long) GET_ATTRIBUTE.invokeExact(object, name, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final class Optional {
    static final MethodHandle GET_METHOD = function("_PyObject_GetMethod");
  }

  /// Whether [#getMethod] may be called: it is no public function, but all have had it so far.
  static final boolean HAS_GET_METHOD = Symbols.find("_PyObject_GetMethod") != 0;

  /// Puts an attribute into a word, owned, or 0 and an exception is set. 1: it is a function of the
  /// object's class, not bound, which spares making a method object.
  static int getMethod(long object, long name, long place) {
    try {
      return (int) (long) Optional.GET_METHOD.invokeExact(object, name, place, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle SET_ATTRIBUTE = function("PyObject_SetAttr");

  /// Sets an attribute; borrows all. Below 0: an exception is set.
  static int setAttribute(long object, long name, long value) {
    try {
      return (int) (long) SET_ATTRIBUTE.invokeExact(object, name, value, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle IS_TRUE = function("PyObject_IsTrue");

  /// 1, 0, or below 0 where an exception is set.
  static int isTrue(long object) {
    try {
      return (int) (long) IS_TRUE.invokeExact(object, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle IS_INSTANCE = function("PyObject_IsInstance");

  /// 1, 0, or below 0 where an exception is set.
  static int isInstance(long object, long type) {
    try {
      return (int) (long) IS_INSTANCE.invokeExact(object, type, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle STR = function("PyObject_Str");

  /// `str(object)`, owned, or 0 and an exception is set.
  static long str(long object) {
    try {
      return (long) STR.invokeExact(object, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle NEW_METHOD_DESCRIPTOR = function("PyDescr_NewMethod");

  /// A method of a class from a `PyMethodDef`, owned.
  static long newMethodDescriptor(long type, long definition) {
    try {
      return (long) NEW_METHOD_DESCRIPTOR.invokeExact(type, definition, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle NEW_FUNCTION = function("PyCFunction_NewEx");

  /// A builtin from a `PyMethodDef`, owned. It keeps `self`.
  static long newFunction(long definition, long self, long module) {
    try {
      return (long) NEW_FUNCTION.invokeExact(definition, self, module, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle ADD_MODULE = function("PyImport_AddModule");

  /// The module of a C string's name, made if there is none. Borrowed, or 0 and an exception is
  /// set.
  static long addModule(long name) {
    try {
      return (long) ADD_MODULE.invokeExact(name, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle IMPORT_MODULE = function("PyImport_ImportModule");

  /// Imports a module by a C string's name. Owned, or 0 and an exception is set.
  static long importModule(long name) {
    try {
      return (long) IMPORT_MODULE.invokeExact(name, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  // --- Calls

  private static final MethodHandle CALL = function("PyObject_Call");

  /// Calls with a tuple and a dict or 0; borrows all. Owned, or 0 and an exception is set.
  static long call(long callable, long arguments, long named) {
    try {
      return (long) CALL.invokeExact(callable, arguments, named, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle CALL_NO_ARGUMENTS = function("PyObject_CallNoArgs");

  /// Calls without arguments. Owned, or 0 and an exception is set.
  static long callNoArguments(long callable) {
    try {
      return (long) CALL_NO_ARGUMENTS.invokeExact(callable, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle CALL_METHOD = function("PyObject_VectorcallMethod");

  /// Calls a method by its name. `arguments` is an array whose first item is the object; `count`
  /// are its positional ones, those that `names` (a tuple, or 0) tells follow. Borrows all. Owned,
  /// or 0 and an exception is set.
  static long callMethod(long name, long arguments, long count, long names) {
    try {
      return (long) CALL_METHOD.invokeExact(name, arguments, count, names);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  // --- Contexts

  private static final MethodHandle COPY_CONTEXT = allocating("PyContext_CopyCurrent");

  /// A copy of the current context, owned, or 0 and an exception is set.
  static long copyContext() {
    try {
      return (long) COPY_CONTEXT.invokeExact(0L, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle ENTER_CONTEXT = contextual("PyContext_Enter");

  /// Enters a context; it has to live until it is left. Below 0: an exception is set.
  static int enterContext(long context) {
    try {
      return (int) (long) ENTER_CONTEXT.invokeExact(context, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle EXIT_CONTEXT = contextual("PyContext_Exit");

  /// Leaves a context. Below 0: an exception is set.
  static int exitContext(long context) {
    try {
      return (int) (long) EXIT_CONTEXT.invokeExact(context, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  /// Apart, as shapes of their own are linked when a program has its first timer.
  private static final class Floats {
    static final MethodHandle NEW_FLOAT =
        critical("PyFloat_FromDouble", FunctionDescriptor.of(JAVA_LONG, JAVA_DOUBLE));
    static final MethodHandle FLOAT_VALUE =
        function("PyFloat_AsDouble", FunctionDescriptor.of(JAVA_DOUBLE, JAVA_LONG));
  }

  // --- Values

  private static final MethodHandle NEW_INT = critical("PyLong_FromLong");

  /// An int, owned.
  static long newInt(long value) {
    try {
      return (long) NEW_INT.invokeExact(value, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle INT_VALUE = function("PyLong_AsLong");

  /// The value of an int; -1 and an exception is set where it has no such.
  static long intValue(long object) {
    try {
      return (long) INT_VALUE.invokeExact(object, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  /// A float, owned.
  static long newFloat(double value) {
    try {
      return (long) Floats.NEW_FLOAT.invokeExact(value);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  /// The value of a number; -1.0 and an exception is set where it has none.
  static double floatValue(long object) {
    try {
      return (double) Floats.FLOAT_VALUE.invokeExact(object);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle NEW_TEXT = function("PyUnicode_FromStringAndSize");

  /// A str of UTF-8, owned, or 0 and an exception is set.
  static long newText(long utf8, long length) {
    try {
      return (long) NEW_TEXT.invokeExact(utf8, length, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle TEXT_VALUE = function("PyUnicode_AsUTF8AndSize");

  /// The UTF-8 of a str, borrowed from it, its length written to `length`; or 0 and an exception is
  /// set.
  static long textValue(long object, long length) {
    try {
      return (long) TEXT_VALUE.invokeExact(object, length, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle NEW_INTERNED_TEXT = function("PyUnicode_InternFromString");

  /// The interned str of a C string, owned.
  static long newInternedText(long utf8) {
    try {
      return (long) NEW_INTERNED_TEXT.invokeExact(utf8, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle NEW_BYTES = critical("PyBytes_FromStringAndSize");

  /// Bytes with a copy of memory, or not initialised where `from` is 0. Owned, or 0 and an
  /// exception is set.
  static long newBytes(long from, long length) {
    try {
      return (long) NEW_BYTES.invokeExact(from, length, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle BYTES_VALUE = function("PyBytes_AsString");

  /// The contents of bytes, borrowed from it; or 0 and an exception is set.
  static long bytesValue(long object) {
    try {
      return (long) BYTES_VALUE.invokeExact(object, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  /// `PyBUF_WRITABLE`: the memory is in one piece and may be written to.
  static final long WRITABLE = 1;

  private static final MethodHandle GET_BUFFER = function("PyObject_GetBuffer");

  /// Fills a `Py_buffer`, whose first three words are the memory's address, the object and the
  /// length in bytes. Below 0: an exception is set.
  static int getBuffer(long object, long view, long flags) {
    try {
      return (int) (long) GET_BUFFER.invokeExact(object, view, flags, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle RELEASE_BUFFER = function("PyBuffer_Release");

  /// Gives up what [#getBuffer] filled.
  static void releaseBuffer(long view) {
    try {
      long _ = (long) RELEASE_BUFFER.invokeExact(view, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle NEW_TUPLE = allocating("PyTuple_New");

  /// A tuple whose items are 0 until each is set. Owned.
  static long newTuple(long length) {
    try {
      return (long) NEW_TUPLE.invokeExact(length, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle SET_TUPLE_ITEM = function("PyTuple_SetItem");

  /// Sets an item of a new tuple; takes the reference to it.
  static int setTupleItem(long tuple, long index, long item) {
    try {
      return (int) (long) SET_TUPLE_ITEM.invokeExact(tuple, index, item, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle TUPLE_LENGTH = function("PyTuple_Size");

  /// The length of a tuple; below 0 where an exception is set.
  static long tupleLength(long tuple) {
    try {
      return (long) TUPLE_LENGTH.invokeExact(tuple, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle TUPLE_ITEM = function("PyTuple_GetItem");

  /// An item, borrowed, or 0 and an exception is set.
  static long tupleItem(long tuple, long index) {
    try {
      return (long) TUPLE_ITEM.invokeExact(tuple, index, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle NEW_LIST = function("PyList_New");

  /// A list whose items are 0 until each is set. Owned.
  static long newList(long length) {
    try {
      return (long) NEW_LIST.invokeExact(length, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle SET_LIST_ITEM = function("PyList_SetItem");

  /// Sets an item of a new list; takes the reference to it.
  static int setListItem(long list, long index, long item) {
    try {
      return (int) (long) SET_LIST_ITEM.invokeExact(list, index, item, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle LIST_LENGTH = function("PyList_Size");

  /// The length of a list; below 0 where an exception is set.
  static long listLength(long list) {
    try {
      return (long) LIST_LENGTH.invokeExact(list, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle LIST_ITEM = function("PyList_GetItem");

  /// An item, borrowed, or 0 and an exception is set.
  static long listItem(long list, long index) {
    try {
      return (long) LIST_ITEM.invokeExact(list, index, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle NEW_DICT = function("PyDict_New");

  /// An empty dict, owned.
  static long newDict() {
    try {
      return (long) NEW_DICT.invokeExact(0L, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle SET_DICT_ITEM = function("PyDict_SetItem");

  /// Sets an item; borrows all. Below 0: an exception is set.
  static int setDictItem(long dict, long key, long value) {
    try {
      return (int) (long) SET_DICT_ITEM.invokeExact(dict, key, value, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle DICT_ITEM = critical("PyDict_GetItem");

  /// The value of an interned str in a dict of names, borrowed, or 0. For dicts whose keys are all
  /// str: comparing those runs no Python code.
  static long dictItem(long dict, long key) {
    try {
      return (long) DICT_ITEM.invokeExact(dict, key, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  // --- Errors

  private static final MethodHandle RAISED = critical("PyErr_Occurred");

  /// The type of the exception that is set, borrowed, or 0.
  static long raised() {
    try {
      return (long) RAISED.invokeExact(0L, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle RAISE = function("PyErr_SetString");

  /// Sets an exception with a C string's text.
  static void raise(long type, long message) {
    try {
      long _ = (long) RAISE.invokeExact(type, message, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle RAISE_OBJECT = function("PyErr_SetObject");

  /// Sets an exception; borrows both.
  static void raiseObject(long type, long value) {
    try {
      long _ = (long) RAISE_OBJECT.invokeExact(type, value, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle FETCH_ERROR = function("PyErr_Fetch");

  /// Takes the exception that is set into three words, owned, 0 for none.
  static void fetchError(long type, long value, long traceback) {
    try {
      long _ = (long) FETCH_ERROR.invokeExact(type, value, traceback, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle NORMALIZE_ERROR = function("PyErr_NormalizeException");

  /// Makes of what was fetched an instance of its type.
  static void normalizeError(long type, long value, long traceback) {
    try {
      long _ = (long) NORMALIZE_ERROR.invokeExact(type, value, traceback, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle RESTORE_ERROR = function("PyErr_Restore");

  /// Sets what was fetched; takes the references.
  static void restoreError(long type, long value, long traceback) {
    try {
      long _ = (long) RESTORE_ERROR.invokeExact(type, value, traceback, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle SET_TRACEBACK = function("PyException_SetTraceback");

  /// Gives an exception its traceback; borrows both.
  static int setTraceback(long exception, long traceback) {
    try {
      return (int) (long) SET_TRACEBACK.invokeExact(exception, traceback, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle CHECK_SIGNALS = function("PyErr_CheckSignals");

  /// Runs the handlers of signals that have arrived, on Python's main thread. Below 0: one has
  /// raised.
  static int checkSignals() {
    try {
      return (int) (long) CHECK_SIGNALS.invokeExact(0L, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle WRITE_UNRAISABLE = function("PyErr_WriteUnraisable");

  /// Reports the exception that is set through `sys.unraisablehook`.
  static void writeUnraisable(long where) {
    try {
      long _ = (long) WRITE_UNRAISABLE.invokeExact(where, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle MATCHES = function("PyErr_GivenExceptionMatches");

  /// Whether an exception, or a type of one, is of a type: 1 or 0.
  static int matches(long exception, long type) {
    try {
      return (int) (long) MATCHES.invokeExact(exception, type, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  // --- Threads

  private static final MethodHandle SAVE_THREAD = function("PyEval_SaveThread");

  /// Releases the GIL; gives what [#restoreThread] needs.
  static long saveThread() {
    try {
      return (long) SAVE_THREAD.invokeExact(0L, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static final MethodHandle RESTORE_THREAD = function("PyEval_RestoreThread");

  /// Waits for the GIL.
  static void restoreThread(long state) {
    try {
      long _ = (long) RESTORE_THREAD.invokeExact(state, 0L, 0L, 0L);
    } catch (Throwable e) {
      throw Symbols.unexpected(e);
    }
  }

  private static MethodHandle function(String name) {
    return function(name, Symbols.WORDS);
  }

  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    return Symbols.function(name, descriptor);
  }

  private static MethodHandle critical(String name) {
    return critical(name, Symbols.WORDS);
  }

  private static MethodHandle critical(String name, FunctionDescriptor descriptor) {
    return Symbols.function(name, descriptor, Symbols.CRITICAL);
  }

  /// Before 3.12 an allocation may have the collector run, and finalizers with it; later versions
  /// leave that to the interpreter's next look around.
  private static MethodHandle allocating(String name) {
    return Symbols.find("PyErr_GetRaisedException") == 0 ? function(name) : critical(name);
  }

  /// From 3.14 on context watchers may run in it.
  private static MethodHandle contextual(String name) {
    return Symbols.find("PyContext_AddWatcher") == 0 ? critical(name) : function(name);
  }
}
