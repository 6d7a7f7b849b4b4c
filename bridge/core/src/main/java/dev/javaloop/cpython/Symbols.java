package dev.javaloop.cpython;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// Finds the exported functions and variables of the CPython that is in this process.
///
/// Everything is looked up by `dlsym(RTLD_DEFAULT, …)`: a CPython that is a shared library and one
/// that is linked into its executable look alike that way.
final class Symbols {
  static final Linker LINKER = Linker.nativeLinker();

  /// For functions that return soon and can neither run Python code nor free an object: they are
  /// called without telling the JVM, which saves most of a call's cost.
  static final Linker.Option CRITICAL = Linker.Option.critical(false);

  /// The one shape of functions without floating-point arguments and results. A function of fewer
  /// arguments does not look at the registers of the others, one that gives an `int` or nothing
  /// leaves the rest of the result's register as it was: that is so in the calling conventions of
  /// both supported processors. Linking a shape takes milliseconds at each start.
  static final FunctionDescriptor WORDS =
      FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private static @Nullable MethodHandle dlsym;

  private Symbols() {}

  /// Says how symbols are found. Called once, before [CApi] is initialised: its method handles are
  /// constants to the JIT.
  ///
  /// @param address of the C library's `dlsym`
  static void use(long address) {
    dlsym = handle(address, WORDS);
  }

  /// The address of a symbol, or 0 where this CPython has none of that name.
  static long find(String name) {
    MethodHandle lookUp = dlsym;
    if (lookUp == null) {
      throw new IllegalStateException("CPython is not in this process yet");
    }
    try (Arena arena = Arena.ofConfined()) {
      return (long) lookUp.invokeExact(0L, arena.allocateFrom(name).address(), 0L, 0L);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /// The address of a symbol that every supported CPython exports.
  ///
  /// @throws UnsupportedOperationException where this one does not
  static long require(String name) {
    long address = find(name);
    if (address == 0) {
      throw new UnsupportedOperationException("this CPython does not export " + name);
    }
    return address;
  }

  static MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    return handle(require(name), descriptor, options);
  }

  // Restricted because a wrong descriptor can crash the JVM: those given are C's declarations.
  @SuppressWarnings("restricted")
  private static MethodHandle handle(
      long address, FunctionDescriptor descriptor, Linker.Option... options) {
    return LINKER.downcallHandle(MemorySegment.ofAddress(address), descriptor, options);
  }

  /// A downcall throws nothing of its own; what arrives is the JVM's trouble, or a wrong call of
  /// ours.
  static RuntimeException unexpected(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException e ? e : new IllegalStateException(thrown);
  }
}
