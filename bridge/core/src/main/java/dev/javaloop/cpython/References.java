package dev.javaloop.cpython;

/// Counts references, by writing the count where that is known to be right.
///
/// Every callback takes and gives up a dozen references, and a downcall for each would be a third
/// of its time. Where the count is, and that constants are not counted since 3.12, is found out by
/// watching `Py_IncRef`; a CPython that does more than count (a debug build) has it called.
final class References {
  /// Of the count in an object; below 0: not written here.
  private static final long COUNT = find();

  private References() {}

  private static long find() {
    if (Symbols.find("_Py_GetRefTotal") != 0 || Symbols.find("_Py_RefTotal") != 0) {
      return -1; // a debug build counts all references too
    }
    long object = CApi.newList(0);
    long found = -1;
    for (long at = 0; at <= Layout.TYPE; at += Integer.BYTES) {
      int before = Memory.intAt(object + at);
      CApi.incRef(object);
      boolean counted = Memory.intAt(object + at) == before + 1 && before == 1;
      CApi.decRef(object);
      if (counted && found < 0) {
        found = at;
      }
    }
    CApi.decRef(object);
    return found >= 0 && treatsConstantsAsExpected(found) ? found : -1;
  }

  /// A count that is negative as an `int` never changes.
  private static boolean treatsConstantsAsExpected(long at) {
    int before = Memory.intAt(PyObjects.NONE + at);
    CApi.incRef(PyObjects.NONE);
    int after = Memory.intAt(PyObjects.NONE + at);
    CApi.decRef(PyObjects.NONE);
    return before < 0 ? after == before : after == before + 1;
  }

  /// Makes one more reference, owned by the caller.
  static void add(long object) {
    if (COUNT < 0) {
      CApi.incRef(object);
      return;
    }
    int count = Memory.intAt(object + COUNT);
    if (count >= 0) {
      Memory.setInt(object + COUNT, count + 1);
    }
  }

  /// Gives up an owned reference. May run Python code: a finalizer.
  static void drop(long object) {
    if (COUNT < 0) {
      CApi.decRef(object);
      return;
    }
    int count = Memory.intAt(object + COUNT);
    if (count > 1) {
      Memory.setInt(object + COUNT, count - 1);
    } else if (count >= 0) {
      CApi.decRef(object);
    }
  }
}
