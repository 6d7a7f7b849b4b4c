package dev.javaloop.cpython;

import java.util.function.IntSupplier;

/// An array that owns references to handles, where Python's collector sees them: a loop that is
/// dropped while handles wait in it is garbage, as they refer to it and it to them.
///
/// It is a tuple in a slot of the loop. Its first item is a list, or the collector would no longer
/// look at a tuple of constants; the others are handles, and None in empty places. Guarded by the
/// GIL.
final class HandleArray {
  private final long loop;
  private final long slot;

  /// Borrowed from the slot.
  private long tuple;

  private long places;
  private int length;

  /// @param loop the loop's object, borrowed
  /// @param slot the offset of the slot, which is empty
  HandleArray(long loop, long slot, int length) {
    this.loop = loop;
    this.slot = slot;
    use(newTuple(length), length);
  }

  /// The tuple has a reference to None for each place, also while a handle is there.
  private static long newTuple(int length) {
    long tuple = PyObjects.checked(CApi.newTuple(length + 1L));
    CApi.setTupleItem(tuple, 0, PyObjects.checked(CApi.newList(0)));
    for (int at = 1; at <= length; at++) {
      References.add(PyObjects.NONE);
      CApi.setTupleItem(tuple, at, PyObjects.NONE);
    }
    return tuple;
  }

  private void use(long newTuple, int newLength) {
    tuple = newTuple;
    places = newTuple + Layout.TUPLE_ITEMS + Long.BYTES;
    length = newLength;
    Memory.setWord(loop + slot, newTuple);
  }

  int length() {
    return length;
  }

  /// Whether it is still the loop's: in a forked child Python has taken it.
  boolean isOfLoop() {
    return Memory.word(loop + slot) == tuple;
  }

  /// The handle at a place, borrowed.
  long get(int at) {
    return Memory.word(places + 8L * at);
  }

  /// Puts a handle into a place, whose reference has been taken or moved elsewhere; takes the
  /// reference.
  void set(int at, long handle) {
    Memory.setWord(places + 8L * at, handle);
  }

  /// Empties a place, whose reference has been taken or moved elsewhere.
  void empty(int at) {
    Memory.setWord(places + 8L * at, PyObjects.NONE);
  }

  /// Makes it longer, unless that has been done when the memory is there: getting it may run Python
  /// code.
  ///
  /// @param first gives the place whose handle is to be the first one; those before it go behind
  ///   the last
  /// @return whether it has become longer
  boolean grow(IntSupplier first) {
    int before = length;
    long larger = newTuple(2 * before);
    if (length != before) {
      References.drop(larger);
      return false;
    }
    int start = first.getAsInt();
    long smaller = tuple;
    long from = places;
    use(larger, 2 * before);
    for (int at = 0; at < before; at++) {
      long place = from + 8L * ((start + at) & (before - 1));
      set(at, Memory.word(place));
      Memory.setWord(place, PyObjects.NONE);
    }
    References.drop(smaller);
    return true;
  }
}
