package dev.javaloop.bridge;

import org.jspecify.annotations.Nullable;

/// What Python code raised. Its cause is the Java exception behind it, where there is one: what a
/// Java stage that Python awaited failed with.
public final class PythonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String type;
  private final String pythonMessage;
  private final String traceback;

  /// @param type the exception's class, qualified unless it is built in (`ValueError`)
  /// @param message `str()` of the exception
  /// @param traceback what a python prints, with the causes
  /// @param cause the Java exception behind it
  public PythonException(String type, String message, String traceback, @Nullable Throwable cause) {
    super(message.isEmpty() ? type : type + ": " + message, cause);
    this.type = type;
    this.pythonMessage = message;
    this.traceback = traceback;
  }

  /// The exception's class, qualified unless it is built in.
  public String type() {
    return type;
  }

  /// `str()` of the exception.
  public String pythonMessage() {
    return pythonMessage;
  }

  /// What a python prints for it: the frames of the program, and its causes.
  public String traceback() {
    return traceback;
  }
}
