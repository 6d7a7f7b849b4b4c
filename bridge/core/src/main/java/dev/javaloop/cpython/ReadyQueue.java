package dev.javaloop.cpython;

/// Handles that are ready to run, oldest first: a ring that owns a reference to each. It is never
/// full, so that the ring itself shows where it begins. Guarded by the GIL.
final class ReadyQueue {
  private final HandleArray handles;
  private int head;
  private int size;

  ReadyQueue(long loop) {
    handles = new HandleArray(loop, LoopFields.readyHandles(), 64);
  }

  int size() {
    return size;
  }

  /// Whether it is still the loop's: see [HandleArray#isOfLoop].
  boolean isOfLoop() {
    return handles.isOfLoop();
  }

  /// Appends a handle; takes the reference.
  void add(long handle) {
    while (size == handles.length() - 1) {
      grow();
    }
    handles.set((head + size++) & (handles.length() - 1), handle);
  }

  /// Takes the oldest handle; the reference is the caller's.
  long take() {
    long handle = handles.get(head);
    handles.empty(head);
    head = (head + 1) & (handles.length() - 1);
    size--;
    return handle;
  }

  /// The handle at a place, borrowed; 0 is the oldest.
  long handle(int at) {
    return handles.get((head + at) & (handles.length() - 1));
  }

  private void grow() {
    if (handles.grow(() -> head)) {
      head = 0;
    }
  }
}
