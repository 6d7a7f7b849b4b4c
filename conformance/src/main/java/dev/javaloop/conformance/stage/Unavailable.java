package dev.javaloop.conformance.stage;

/// Something that a case needs cannot be had on this machine; the message is the reason that the
/// report gives.
public final class Unavailable extends Exception {
  private static final long serialVersionUID = 1L;

  Unavailable(String message) {
    super(message);
  }

  Unavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
