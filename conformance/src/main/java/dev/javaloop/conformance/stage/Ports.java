package dev.javaloop.conformance.stage;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/// Free ports of the loopback interface.
final class Ports {
  private Ports() {}

  static int free() throws IOException {
    try (ServerSocket made = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return made.getLocalPort();
    }
  }
}
