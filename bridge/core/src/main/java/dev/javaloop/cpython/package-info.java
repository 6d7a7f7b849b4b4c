/// CPython in this JVM, by its C API and the foreign function interface: no JNI library, no C
/// compiler.
///
/// [dev.javaloop.cpython.CApi] lists every function of CPython's that is called, and says who owns
/// what. [dev.javaloop.cpython.Builtins] makes Python methods of Java methods.
/// [dev.javaloop.cpython.LoopMethods] are those of the loop, over [dev.javaloop.cpython.LoopState].
package dev.javaloop.cpython;
