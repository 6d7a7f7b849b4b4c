package dev.javaloop.conformance.stage;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.javaloop.conformance.catalogue.Service;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;

/// Stands for hosts on the internet: the pages of a catalogue, over HTTP and HTTPS, on two free
/// ports of the loopback interface.
final class WebServer {
  private WebServer() {}

  /// Starts it.
  ///
  /// @param hosts whom it stands for
  static Host start(Service service, Set<String> hosts, Authority authority) throws IOException {
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    HttpServer plain = HttpServer.create(loopback(), 0);
    HttpsServer secure = HttpsServer.create(loopback(), 0);
    secure.setHttpsConfigurator(new HttpsConfigurator(authority.serverFor(hosts)));
    for (HttpServer server : new HttpServer[] {plain, secure}) {
      server.createContext("/", exchange -> answer(exchange, service.pages()));
      server.setExecutor(threads);
      server.start();
    }
    Runnable stop =
        () -> {
          plain.stop(0);
          secure.stop(0);
          threads.shutdownNow();
        };
    return new Host(
        "the suite's own",
        plain.getAddress().getPort(),
        secure.getAddress().getPort(),
        () -> {},
        stop,
        new ReentrantLock(true));
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  }

  private static void answer(HttpExchange exchange, Map<String, Service.Page> pages)
      throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      Service.Page page = pages.get(path);
      if (page == null) {
        page = new Service.Page(404, "text/plain; charset=utf-8", "not found\n", 0);
      }
      byte[] body = body(page, path);
      exchange.getResponseHeaders().set("Content-Type", page.type());
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(page.status(), head || body.length == 0 ? -1 : body.length);
      if (!head && body.length > 0) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  /// The same bytes for a path each time.
  private static byte[] body(Service.Page page, String path) {
    if (page.text() != null) {
      return page.text().getBytes(StandardCharsets.UTF_8);
    }
    byte[] bytes = new byte[page.bytes()];
    new Random(path.hashCode()).nextBytes(bytes);
    return bytes;
  }
}
