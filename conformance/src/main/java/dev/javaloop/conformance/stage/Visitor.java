package dev.javaloop.conformance.stage;

import dev.javaloop.conformance.catalogue.Entry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;

/// The user of a case that serves: waits until it listens, and asks what the catalogue says.
public final class Visitor {
  private static final int LOOK_MILLIS = 50;

  private Visitor() {}

  /// What was asked and answered, a line for each line of the answers. Whoever hears nothing says
  /// so in the lines.
  ///
  /// @param port where it listens
  /// @param lives whether the case still runs
  public static List<String> visit(
      Entry.Serve serve, int port, BooleanSupplier lives, Duration limit)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!listens(port)) {
      if (!lives.getAsBoolean()) {
        return List.of("it ended before it listened on port " + serve.port());
      }
      if (System.nanoTime() > end) {
        return List.of("it did not listen on port " + serve.port());
      }
      Thread.sleep(LOOK_MILLIS);
    }
    List<String> lines = new ArrayList<>();
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (Entry.Ask ask : serve.ask()) {
        lines.addAll(
            asked(client, ask, port, Duration.ofNanos(Math.max(1, end - System.nanoTime()))));
      }
      client.shutdownNow();
    }
    return lines;
  }

  private static List<String> asked(HttpClient client, Entry.Ask ask, int port, Duration limit)
      throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + ask.path()))
            .timeout(limit)
            .method(
                ask.method(),
                ask.body() == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(ask.body()))
            .build();
    List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
    for (int i = 0; i < ask.together(); i++) {
      waiting.add(client.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
    }
    List<String> lines = new ArrayList<>();
    for (CompletableFuture<HttpResponse<String>> each : waiting) {
      String question = ask.method() + " " + ask.path() + ": ";
      try {
        HttpResponse<String> answer = each.get();
        String type = answer.headers().firstValue("content-type").orElse("no type");
        lines.add(question + answer.statusCode() + " " + type);
        answer.body().lines().forEach(lines::add);
      } catch (ExecutionException e) {
        // In words that are the same on every machine; what the server wrote says more.
        Throwable cause = e.getCause() == null ? e : e.getCause();
        lines.add(question + cause.getClass().getSimpleName());
      }
    }
    return lines;
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException e) {
      return false; // not yet
    }
  }
}
