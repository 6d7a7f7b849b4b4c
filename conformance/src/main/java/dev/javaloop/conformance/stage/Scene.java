package dev.javaloop.conformance.stage;

import dev.javaloop.conformance.catalogue.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What one case finds around it, on both sides.
///
/// @param entry what the catalogue knows of it
/// @param sites folders with installed packages
/// @param environment more variables for its process
/// @param places where the case thinks that a server is, and the port where it really is
/// @param hosts the servers among them, in an order that is the same for all cases
public record Scene(
    Entry entry,
    List<Path> sites,
    Map<String, String> environment,
    Map<String, Integer> places,
    List<Host> hosts) {

  /// Of a case that nothing is known of.
  public static final Scene EMPTY = new Scene(Entry.NONE, List.of(), Map.of(), Map.of(), List.of());

  /// Waits for the servers' earlier users, and makes the servers forget them.
  public Turn enter() throws IOException, InterruptedException {
    int held = 0;
    try {
      for (Host host : hosts) {
        host.turn().lockInterruptibly();
        held++;
        host.forget().run();
      }
    } catch (IOException | InterruptedException | RuntimeException e) {
      release(held);
      throw e;
    }
    Optional<Integer> listening =
        entry.serve() == null ? Optional.empty() : Optional.of(Ports.free());
    return new Turn(this, listening);
  }

  private void release(int held) {
    for (int i = held - 1; i >= 0; i--) {
      hosts.get(i).turn().unlock();
    }
  }

  /// One run's use of the scene.
  ///
  /// @param listening the port that the case gets when it listens as its text says
  public record Turn(Scene scene, Optional<Integer> listening) implements AutoCloseable {

    /// What the side's `network.py` is told; empty when the case's network is the machine's.
    public Optional<Map<String, Object>> network() {
      if (scene.places.isEmpty() && listening.isEmpty()) {
        return Optional.empty();
      }
      Map<String, Object> network = new HashMap<>();
      network.put("places", scene.places);
      network.put(
          "listening",
          listening.isPresent() && scene.entry.serve() != null
              ? Map.of(String.valueOf(scene.entry.serve().port()), listening.get())
              : Map.of());
      return Optional.of(network);
    }

    @Override
    public void close() {
      scene.release(scene.hosts.size());
    }
  }
}
