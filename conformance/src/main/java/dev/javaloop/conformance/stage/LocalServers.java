package dev.javaloop.conformance.stage;

import dev.javaloop.conformance.catalogue.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Starts servers as processes of this machine, on free ports and with folders of their own.
final class LocalServers implements Servers {
  private static final String LOOPBACK = "127.0.0.1";
  private static final long STOP_SECONDS = 20;

  private final Path folder;

  LocalServers(Path folder) {
    this.folder = folder;
  }

  @Override
  public Host start(String name, Service service)
      throws IOException, InterruptedException, Unavailable {
    Path own = Files.createDirectories(folder.resolve(name));
    return switch (service.kind()) {
      case REDIS -> redis(own, service);
      case MARIADB -> mariadb(own, service);
      case RABBITMQ -> rabbitmq(own);
      case WEB -> throw new IllegalArgumentException("a web service is the suite's own");
    };
  }

  private static Host redis(Path own, Service service)
      throws IOException, InterruptedException, Unavailable {
    Path program = program("Redis", "redis-server", "redis-check-rdb");
    String by = "process " + program;
    if (program.endsWith("redis-check-rdb")) {
      // One program that does what it is called by; Debian's redis-tools has it under this name.
      program = Files.createSymbolicLink(own.resolve("redis-server"), program);
    }
    int port = Ports.free();
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(
        List.of("--port", "" + port, "--bind", LOOPBACK, "--save", "", "--dir", own + ""));
    if (service.password() != null) {
      command.addAll(List.of("--requirepass", service.password()));
    }
    Daemon daemon = Daemon.start(command, own, "Ready to accept");
    return Host.of(by, port, () -> Redis.flush(port, service.password()), daemon::close);
  }

  private static Host mariadb(Path own, Service service)
      throws IOException, InterruptedException, Unavailable {
    Path program = program("MariaDB", "mariadbd", "mysqld");
    Path install = program("MariaDB", "mariadb-install-db", "mysql_install_db");
    int port = Ports.free();
    Path users = Files.writeString(own.resolve("users.sql"), Servers.mariadbUsers(service));
    List<String> options =
        List.of(
            "--no-defaults",
            "--datadir=" + own.resolve("data"),
            "--tmpdir=" + own,
            "--user=" + System.getProperty("user.name"));
    List<String> making = new ArrayList<>(List.of(install.toString()));
    making.addAll(options);
    making.addAll(List.of("--auth-root-authentication-method=normal", "--skip-test-db"));
    Process made =
        new ProcessBuilder(making)
            .directory(own.toFile())
            .redirectErrorStream(true)
            .redirectOutput(own.resolve("install.log").toFile())
            .start();
    if (!made.waitFor(2, TimeUnit.MINUTES) || made.exitValue() != 0) {
      made.destroyForcibly();
      throw new Unavailable("MariaDB: " + install.getFileName() + " failed");
    }
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(options);
    command.addAll(
        List.of(
            "--port=" + port,
            "--bind-address=" + LOOPBACK,
            "--socket=" + own.resolve("socket"),
            "--pid-file=" + own.resolve("pid"),
            "--init-file=" + users,
            "--innodb-buffer-pool-size=16M"));
    Daemon daemon = Daemon.start(command, own, "ready for connections");
    return Host.of("process " + program, port, () -> {}, daemon::close);
  }

  private static Host rabbitmq(Path own) throws IOException, InterruptedException, Unavailable {
    Path program = program("RabbitMQ", "/usr/lib/rabbitmq/bin/rabbitmq-server", "rabbitmq-server");
    int port = Ports.free();
    int names = Ports.free();
    String node = "javaloop" + ProcessHandle.current().pid() + "@localhost";
    List<String> command =
        List.of(
            "/usr/bin/env",
            "HOME=" + own,
            "RABBITMQ_NODENAME=" + node,
            "RABBITMQ_NODE_IP_ADDRESS=" + LOOPBACK,
            "RABBITMQ_NODE_PORT=" + port,
            "RABBITMQ_DIST_PORT=" + Ports.free(),
            "ERL_EPMD_ADDRESS=" + LOOPBACK,
            "ERL_EPMD_PORT=" + names,
            "RABBITMQ_MNESIA_BASE=" + own,
            "RABBITMQ_LOG_BASE=" + own,
            "RABBITMQ_ENABLED_PLUGINS_FILE=" + own.resolve("plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}",
            program.toString());
    Daemon daemon = Daemon.start(command, own, "completed with");
    Runnable stop =
        () -> {
          daemon.close();
          endNames(names);
        };
    return Host.of("process " + program, port, () -> {}, stop);
  }

  /// Ends Erlang's name server, which RabbitMQ starts and leaves behind.
  private static void endNames(int port) {
    try {
      Process ending =
          new ProcessBuilder("epmd", "-port", String.valueOf(port), "-kill")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      ending.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot end Erlang's name server", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The first of the names that PATH or the usual folders have.
  private static Path program(String what, String... names) throws Unavailable {
    List<String> folders =
        new ArrayList<>(List.of(System.getenv().getOrDefault("PATH", "").split(":", -1)));
    folders.addAll(List.of("/usr/local/sbin", "/usr/sbin", "/usr/local/bin", "/usr/bin"));
    for (String name : names) {
      for (String each : folders) {
        Path file = Path.of(each.isEmpty() ? "." : each).resolve(name);
        if (Files.isExecutable(file) && !Files.isDirectory(file)) {
          return file;
        }
      }
    }
    throw new Unavailable(
        "no %s: neither a Docker Engine with an image of it nor the program %s is here"
            .formatted(what, Path.of(names[0]).getFileName()));
  }
}
