package dev.javaloop.conformance.stage;

import java.util.concurrent.locks.ReentrantLock;

/// A server that runs, for one case at a time.
///
/// @param by how it was started, as reports say it
/// @param port on this machine's loopback interface
/// @param securePort the same with TLS; 0 without
/// @param forget makes the server forget what earlier cases left in it
/// @param stop ends it
/// @param turn held by the run that uses it
public record Host(
    String by, int port, int securePort, Step forget, Runnable stop, ReentrantLock turn) {

  /// Something that may fail as input and output do.
  public interface Step {
    void run() throws java.io.IOException;
  }

  static Host of(String by, int port, Step forget, Runnable stop) {
    return new Host(by, port, 0, forget, stop, new ReentrantLock(true));
  }
}
