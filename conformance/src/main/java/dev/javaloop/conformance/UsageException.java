package dev.javaloop.conformance;

/// What the user asked for cannot be done; the message is the one line that the command line prints
/// before it exits with 2.
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }

  UsageException(String message, Throwable cause) {
    super(message, cause);
  }
}
