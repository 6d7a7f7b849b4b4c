package dev.javaloop.spi;

/// Python raised an exception. Python gets the same exception where this one leaves a [HostMethod].
public final class GuestFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Object error;
  private final boolean ending;

  /// @param description the exception's type and text
  /// @param error the engine's reference to the exception
  /// @param ending whether it is one that ends programs: no `Exception` to Python
  public GuestFailure(String description, Object error, boolean ending) {
    super(description, null, false, false);
    this.error = error;
    this.ending = ending;
  }

  /// The engine's reference to the exception.
  public Object error() {
    return error;
  }

  /// Whether it is one that ends programs (`KeyboardInterrupt`, `SystemExit`), to be passed on.
  public boolean isEnding() {
    return ending;
  }
}
