package dev.javaloop.cpython;

/// Where objects of this CPython have what the fast path reads and writes. Nothing is assumed from
/// headers: each offset is found by putting a unique object somewhere and looking where its address
/// appears.
final class Layout {
  private static final int MOST_WORDS = 64;
  private static final int WORD = Long.BYTES;

  /// Of an object's type.
  static final long TYPE;

  /// Of a tuple's first item.
  static final long TUPLE_ITEMS;

  /// Of the first byte of bytes.
  static final long BYTES_CONTENTS;

  /// Of the length of bytes.
  static final long BYTES_LENGTH;

  static {
    long marker = CApi.newList(0);
    long tuple = CApi.newTuple(1);
    CApi.incRef(marker);
    CApi.setTupleItem(tuple, 0, marker);
    TUPLE_ITEMS = find(tuple, marker, MOST_WORDS * WORD, "the items of a tuple");
    TYPE = find(tuple, Symbols.require("PyTuple_Type"), MOST_WORDS * WORD, "the type of an object");
    CApi.decRef(tuple);
    CApi.decRef(marker);
    int unusual = 40_961; // a length that is no address and no hash
    long bytes = CApi.newBytes(0, unusual);
    BYTES_LENGTH = find(bytes, unusual, 8L * WORD, "the length of bytes");
    BYTES_CONTENTS = CApi.bytesValue(bytes) - bytes;
    CApi.decRef(bytes);
  }

  private Layout() {}

  /// The offsets of a class's slots (`__slots__`) in its instances.
  ///
  /// @param type a class whose instances can be made without arguments by `__new__`; borrowed
  /// @throws UnsupportedOperationException where one is not found
  /// @return an offset for each name
  static long[] slots(long type, String... names) {
    long size = CApi.intValue(Names.attribute(type, "__basicsize__"));
    long instance = CApi.allocate(type, 0);
    if (instance == 0) {
      throw Failures.taken("an instance for its layout could not be made");
    }
    long[] found = new long[names.length];
    for (int i = 0; i < names.length; i++) {
      String name = names[i];
      long marker = CApi.newList(0);
      if (CApi.setAttribute(instance, Names.of(name), marker) < 0) {
        throw Failures.taken("a slot " + name + " is missing");
      }
      found[i] = find(instance, marker, size, "the slot " + name);
      CApi.decRef(marker);
    }
    CApi.decRef(instance);
    return found;
  }

  /// The offset of one slot of an object, whose value is the same before and after.
  ///
  /// @throws UnsupportedOperationException where it is not found
  static long slot(long object, String name) {
    long type = PyObjects.typeOf(object);
    long size = CApi.intValue(Names.attribute(type, "__basicsize__"));
    long before = Names.attribute(object, name);
    long marker = CApi.newList(0);
    PyObjects.checked(CApi.setAttribute(object, Names.of(name), marker));
    long found = find(object, marker, size, "the slot " + name);
    PyObjects.checked(CApi.setAttribute(object, Names.of(name), before));
    CApi.decRef(marker);
    CApi.decRef(before);
    return found;
  }

  static long find(long object, long value, long size, String what) {
    for (long at = 0; at < size; at += WORD) {
      if (Memory.word(object + at) == value) {
        return at;
      }
    }
    throw new UnsupportedOperationException(
        "this CPython is built in a way that is not known: " + what + " was not found");
  }
}
