package dev.javaloop.conformance.stage;

import dev.javaloop.conformance.catalogue.Catalogue;
import dev.javaloop.conformance.catalogue.Entry;
import dev.javaloop.conformance.catalogue.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Sets the scene of each case. Servers start when the first case needs them, and end with the
/// stage.
///
/// Safe for use by several threads.
public final class Stage implements AutoCloseable {
  private static final String SECURE = "443";

  private final Catalogue catalogue;
  private final How how;
  private final Consumer<String> progress;
  private final Packages packages;
  private final Path folder;
  private final Servers servers;
  private final Map<String, Started> started = Collections.synchronizedMap(new LinkedHashMap<>());
  private final Thread atExit = new Thread(this::endEarly, "stops servers");
  private @Nullable Authority authority;

  /// How servers are started.
  public enum How {
    /// In containers where a Docker Engine answers and has an image, else as processes.
    AUTO,
    PROCESSES,
    /// Not at all: cases that need one, or are one, are skipped.
    NONE
  }

  private record Started(@Nullable Host host, String kind, String refusal) {}

  /// A server that ran, or why it did not.
  ///
  /// @param by how it was started; or why it was not
  public record Ran(String name, String kind, String by) {}

  /// A stage for a catalogue.
  ///
  /// @param cache where packages are kept
  /// @param how how servers are started
  /// @param progress is told, in a line each, what takes long
  public Stage(Catalogue catalogue, Path cache, How how, Consumer<String> progress)
      throws IOException {
    this.catalogue = catalogue;
    this.progress = progress;
    packages = new Packages(cache, progress);
    folder = Folders.make("conformance-stage-");
    LocalServers local = new LocalServers(folder);
    this.how = how;
    // Ctrl-C does not reach the servers: they are not of the terminal's group.
    Runtime.getRuntime().addShutdownHook(atExit);
    servers = how == How.AUTO ? new Containers(local, progress) : local;
  }

  /// What the case finds around it.
  ///
  /// @param python the reference, whose pip installs what the case needs
  /// @param version the reference's version
  /// @param loadsC whether the engine loads compiled packages
  /// @throws Unavailable when this machine or this engine has not what the case needs
  public Scene scene(String caseId, String python, String version, boolean loadsC)
      throws IOException, InterruptedException, Unavailable {
    Entry entry = catalogue.entry(caseId);
    if (!entry.known()) {
      return Scene.EMPTY;
    }
    if (!entry.suits(version)) {
      throw new Unavailable("needs Python " + entry.python());
    }
    for (String name : entry.packages()) {
      if (catalogue.packages(name).compiled() && !loadsC) {
        throw new Unavailable("package " + name + " is C, which the engine does not load");
      }
    }
    if (how == How.NONE && (!entry.services().isEmpty() || entry.serve() != null)) {
      throw new Unavailable("needs or is a server, and --servers none was asked for");
    }
    List<Path> sites = new ArrayList<>();
    for (String name : entry.packages()) {
      sites.add(packages.site(name, catalogue.packages(name), python, version));
    }
    Map<String, String> environment = new HashMap<>();
    Map<String, Integer> places = new TreeMap<>();
    Map<String, Host> hosts = new TreeMap<>();
    for (Map.Entry<String, String> each : entry.services().entrySet()) {
      Host host = host(each.getValue(), catalogue.service(each.getValue()).kind().label());
      hosts.put(each.getValue(), host);
      boolean secure = each.getKey().endsWith(":" + SECURE) && host.securePort() != 0;
      places.put(each.getKey(), secure ? host.securePort() : host.port());
    }
    if (entry.display()) {
      environment.put("DISPLAY", ":" + host("display", "display").port());
    }
    if (authority != null) {
      String file = folder.resolve("authority.pem").toString();
      for (String name : List.of("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")) {
        environment.put(name, file);
      }
    }
    return new Scene(entry, sites, environment, places, List.copyOf(hosts.values()));
  }

  /// The servers that were wanted so far.
  public synchronized List<Ran> ran() {
    return started.entrySet().stream()
        .map(
            each ->
                new Ran(
                    each.getKey(),
                    each.getValue().kind(),
                    each.getValue().host() != null
                        ? each.getValue().host().by()
                        : each.getValue().refusal()))
        .toList();
  }

  private synchronized Host host(String name, String kind)
      throws IOException, InterruptedException, Unavailable {
    Started known = started.get(name);
    if (known == null) {
      try {
        known = new Started(start(name, kind), kind, "");
      } catch (Unavailable e) {
        known = new Started(null, kind, String.valueOf(e.getMessage()));
      }
      started.put(name, known);
    }
    if (known.host() == null) {
      throw new Unavailable(known.refusal());
    }
    return known.host();
  }

  private Host start(String name, String kind)
      throws IOException, InterruptedException, Unavailable {
    progress.accept("starting " + name + " (" + kind + ")");
    if (kind.equals("display")) {
      return Display.start();
    }
    Service service = catalogue.service(name);
    if (service.kind() != Service.Kind.WEB) {
      return servers.start(name, service);
    }
    if (authority == null) {
      authority = new Authority();
      authority.write(folder.resolve("authority.pem"));
    }
    Set<String> hosts = new TreeSet<>();
    catalogue.places(name).forEach(place -> hosts.add(place.replaceFirst(":\\d+$", "")));
    return WebServer.start(service, hosts, authority);
  }

  @Override
  public void close() throws IOException {
    stop();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      progress.accept("stopped early"); // the program ends, and the hook has done it already
      return;
    }
    Folders.delete(folder);
  }

  private void endEarly() {
    stop();
    Folders.deleteOrSay(folder); // once more where it is gone: a server may have written meanwhile
  }

  private void stop() {
    List<Started> all;
    synchronized (started) {
      all = List.copyOf(started.values());
      started.clear();
    }
    all.stream().map(Started::host).filter(Objects::nonNull).forEach(host -> host.stop().run());
  }
}
