package dev.javaloop.conformance.catalogue;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A server that cases talk to.
///
/// @param kind what it is
/// @param password of Redis and MariaDB's root; none if absent
/// @param pages of a `web` service: what it answers, by path; every other path is not found
public record Service(Kind kind, @Nullable String password, Map<String, Page> pages) {

  /// What kinds of servers the suite can start.
  public enum Kind {
    REDIS(6379),
    MARIADB(3306),
    RABBITMQ(5672),
    /// A web server of the suite's own, for hosts on the internet; HTTPS on port 443.
    WEB(80);

    /// Where such a server listens in a container.
    public final int port;

    Kind(int port) {
      this.port = port;
    }

    /// The name in catalogues and reports.
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /// What a web service answers.
  ///
  /// @param text the body; if absent, `bytes` bytes that depend on the path
  public record Page(int status, String type, @Nullable String text, int bytes) {}
}
