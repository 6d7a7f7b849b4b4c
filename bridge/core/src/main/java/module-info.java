/// Python's event loop in Java: what engines share, and the engine that is CPython.
@org.jspecify.annotations.NullMarked
module dev.javaloop {
  requires transitive dev.javaloop.loop;
  requires static org.jspecify;

  exports dev.javaloop.cpython;
}
