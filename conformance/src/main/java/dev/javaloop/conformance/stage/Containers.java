package dev.javaloop.conformance.stage;

import dev.javaloop.conformance.catalogue.Service;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/// Starts servers in containers, where a Docker Engine answers and has an image; else as processes.
final class Containers implements Servers {
  private static final Duration READY = Duration.ofMinutes(2);

  /// Images that `ci/images` builds without a registry, and those of the registry that everybody
  /// uses.
  private static final Map<Service.Kind, List<String>> IMAGES =
      Map.of(
          Service.Kind.REDIS, List.of("javaloop/redis:deb", "redis:7"),
          Service.Kind.MARIADB, List.of("javaloop/mariadb:deb", "mariadb:11"),
          Service.Kind.RABBITMQ, List.of("javaloop/rabbitmq:deb", "rabbitmq:4"));

  private final Servers otherwise;
  private final Consumer<String> progress;
  private @Nullable Boolean answers;

  Containers(Servers otherwise, Consumer<String> progress) {
    this.otherwise = otherwise;
    this.progress = progress;
  }

  @Override
  public Host start(String name, Service service)
      throws IOException, InterruptedException, Unavailable {
    if (!answers()) {
      return otherwise.start(name, service);
    }
    List<String> refusals = new ArrayList<>();
    for (String image : IMAGES.getOrDefault(service.kind(), List.of())) {
      try {
        return contained(image, service);
      } catch (RuntimeException e) {
        // No such image here and no registry to get it from, or it does not start: the next one.
        refusals.add(image + ": " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      }
    }
    progress.accept("no container for " + name + " (" + String.join("; ", refusals) + ")");
    return otherwise.start(name, service);
  }

  private boolean answers() {
    if (answers == null) {
      answers = DockerClientFactory.instance().isDockerAvailable();
    }
    return answers;
  }

  private static Host contained(String image, Service service) {
    GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(image));
    boolean own = image.startsWith("javaloop/");
    container.withExposedPorts(service.kind().port).withStartupTimeout(READY);
    if (own) {
      container.withImagePullPolicy(_ -> false);
    }
    String password = service.password() == null ? "" : service.password();
    switch (service.kind()) {
      case REDIS -> {
        List<String> command = new ArrayList<>(List.of("redis-server", "--save", ""));
        command.addAll(List.of("--bind", "0.0.0.0", "--protected-mode", "no"));
        if (service.password() != null) {
          command.addAll(List.of("--requirepass", password));
        }
        container.withCommand(command.toArray(String[]::new));
        container.waitingFor(Wait.forLogMessage(".*Ready to accept.*", 1));
      }
      case MARIADB -> {
        container.withEnv("MARIADB_ROOT_PASSWORD", password);
        container.withEnv("MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", password.isEmpty() ? "1" : "");
        // The image of the registry starts the server twice, the first time without a port.
        container.waitingFor(Wait.forLogMessage(".*ready for connections.*", own ? 1 : 2));
      }
      default -> container.waitingFor(Wait.forLogMessage(".*[Cc]ompleted with.*", 1));
    }
    try {
      container.start();
    } catch (RuntimeException e) {
      container.stop();
      throw e;
    }
    int port = container.getMappedPort(service.kind().port);
    return Host.of(
        "container " + image,
        port,
        service.kind() == Service.Kind.REDIS
            ? () -> Redis.flush(port, service.password())
            : () -> {},
        container::stop);
  }
}
