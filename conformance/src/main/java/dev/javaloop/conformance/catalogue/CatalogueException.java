package dev.javaloop.conformance.catalogue;

/// A catalogue that cannot be used; the message is one line with the file, the place and what to
/// do.
public final class CatalogueException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CatalogueException(String message) {
    super(message);
  }

  CatalogueException(String message, Throwable cause) {
    super(message, cause);
  }
}
