package dev.javaloop.cpython;

import java.lang.ref.Cleaner;

/// A reference to a Python object, which keeps that alive until it is released or Java has lost it.
public final class PyRef {
  private static final Cleaner CLEANER = Cleaner.create();

  private final long address;
  private final Lost lost;
  private final Cleaner.Cleanable cleanable;

  /// @param owned an object; takes the reference
  // Last, so that there is nothing that is not initialised yet.
  PyRef(long owned) {
    address = owned;
    lost = new Lost(owned);
    cleanable = CLEANER.register(this, lost);
  }

  /// The object, borrowed: for as long as this is reachable and not released.
  long address() {
    if (lost.released) {
      throw new IllegalStateException("the reference was released");
    }
    return address;
  }

  /// Gives up the reference. With the GIL held; it may run Python code.
  void release() {
    if (!lost.released) {
      lost.released = true;
      cleanable.clean();
      References.drop(address);
    }
  }

  /// Runs on the cleaner's thread, which must not take the GIL.
  private static final class Lost implements Runnable {
    private final long address;
    private volatile boolean released;

    Lost(long address) {
      this.address = address;
    }

    @Override
    public void run() {
      if (!released) {
        LostReferences.add(address);
      }
    }
  }
}
