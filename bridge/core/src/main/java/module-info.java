/// Python's event loop in Java: what engines share, and the engine that is CPython.
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // whom internal packages are exported to is compiled later
module dev.javaloop {
  requires transitive dev.javaloop.loop;
  requires static transitive org.jspecify;

  exports dev.javaloop.spi;
  exports dev.javaloop.cpython;
  exports dev.javaloop.internal to
      dev.javaloop.bridge;
}
