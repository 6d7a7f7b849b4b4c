package dev.javaloop.bridge;

/// What Python code raised.
public final class PythonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String type;
  private final String pythonMessage;
  private final String traceback;

  /// @param type the exception's class, qualified unless it is built in (`ValueError`)
  /// @param message `str()` of the exception
  /// @param traceback what a python prints, with the causes
  public PythonException(String type, String message, String traceback) {
    super(message.isEmpty() ? type : type + ": " + message);
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

  /// What a python prints for it.
  public String traceback() {
    return traceback;
  }
}
