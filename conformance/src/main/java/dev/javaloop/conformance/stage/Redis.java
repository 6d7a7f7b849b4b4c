package dev.javaloop.conformance.stage;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The two commands of Redis that the suite needs.
final class Redis {
  private static final int LIMIT_MILLIS = 10_000;

  private Redis() {}

  /// Empties every database of the server.
  static void flush(int port, @Nullable String password) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(LIMIT_MILLIS);
      BufferedReader replies =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      if (password != null) {
        ask(socket, replies, "AUTH", password);
      }
      ask(socket, replies, "FLUSHALL");
    }
  }

  private static void ask(Socket socket, BufferedReader replies, String... words)
      throws IOException {
    StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      int bytes = word.getBytes(StandardCharsets.UTF_8).length;
      request.append('$').append(bytes).append("\r\n").append(word).append("\r\n");
    }
    socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
    String reply = replies.readLine();
    if (!"+OK".equals(reply)) {
      throw new IOException("Redis answers " + words[0] + " with " + reply);
    }
  }
}
