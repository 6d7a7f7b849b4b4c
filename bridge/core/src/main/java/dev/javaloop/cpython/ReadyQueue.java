package dev.javaloop.cpython;

import java.util.Arrays;

/// Handles that are ready to run, oldest first: a ring of addresses. It owns a reference to each.
/// Guarded by the GIL.
final class ReadyQueue {
  private long[] handles = new long[64];
  private int head;
  private int size;

  int size() {
    return size;
  }

  /// Appends a handle; takes the reference.
  void add(long handle) {
    if (size == handles.length) {
      grow();
    }
    handles[(head + size++) & (handles.length - 1)] = handle;
  }

  /// Takes the oldest handle; the reference is the caller's.
  long take() {
    long handle = handles[head];
    head = (head + 1) & (handles.length - 1);
    size--;
    return handle;
  }

  /// The handle at a place, borrowed; 0 is the oldest.
  long handle(int at) {
    return handles[(head + at) & (handles.length - 1)];
  }

  private void grow() {
    long[] larger = Arrays.copyOf(handles, 2 * size);
    // What had wrapped round goes behind the rest.
    System.arraycopy(handles, 0, larger, size, head);
    handles = larger;
  }
}
