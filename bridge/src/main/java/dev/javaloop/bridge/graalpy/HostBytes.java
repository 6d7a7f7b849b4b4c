package dev.javaloop.bridge.graalpy;

import org.graalvm.polyglot.HostAccess.Export;

/// A byte array on its way to Python, which offers the storage of a bytearray to copy it to: the
/// one way that does not cross for each byte.
public final class HostBytes {
  private final byte[] bytes;

  HostBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  @Export
  public int length() {
    return bytes.length;
  }

  /// Copies all of it to the start of the storage, which is as long or longer.
  @Export
  public void copyTo(byte[] storage) {
    System.arraycopy(bytes, 0, storage, 0, bytes.length);
  }
}
