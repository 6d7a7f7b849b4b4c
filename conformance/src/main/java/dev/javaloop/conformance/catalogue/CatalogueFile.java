package dev.javaloop.conformance.catalogue;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A file of a catalogue as it is written, and the checks of it.
record CatalogueFile(
    int schema,
    @Nullable Map<String, Packages> packages,
    @Nullable Map<String, Server> services,
    @Nullable @com.fasterxml.jackson.annotation.JsonProperty("case") List<Case> cases,
    @Nullable List<Row> expected) {

  private static final TomlMapper TOML =
      TomlMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();
  private static final Pattern PLACE = Pattern.compile("[^\\s:]+:\\d{1,5}");
  private static final Pattern PYTHON = Pattern.compile("(>=|<=|<|>)3\\.\\d+");

  record Packages(@Nullable List<String> pip, @Nullable Boolean compiled) {}

  record Server(
      @Nullable String kind, @Nullable String password, @Nullable Map<String, Page> pages) {}

  record Page(
      @Nullable Integer status,
      @Nullable String type,
      @Nullable String text,
      @Nullable Integer bytes) {}

  record Case(
      @Nullable List<String> ids,
      @Nullable List<String> packages,
      @Nullable Map<String, String> services,
      @Nullable String prelude,
      @Nullable Boolean session,
      @Nullable String stdin,
      @Nullable Double limit,
      @Nullable String python,
      @Nullable String file,
      @Nullable Serve serve,
      @Nullable Boolean display,
      @Nullable Boolean timing) {}

  record Serve(@Nullable Integer port, @Nullable List<Ask> ask) {}

  record Ask(
      @Nullable String path,
      @Nullable String method,
      @Nullable String body,
      @Nullable Integer together) {}

  record Row(
      @Nullable List<String> cases,
      @Nullable List<String> on,
      @Nullable List<String> aspects,
      @Nullable String reason,
      @Nullable String link) {}

  static CatalogueFile read(String toml, String origin) {
    CatalogueFile file;
    try {
      file = TOML.readValue(toml, CatalogueFile.class);
    } catch (UnrecognizedPropertyException e) {
      throw new CatalogueException(
          origin
              + line(e.getLocation())
              + ": unknown key "
              + path(e)
              + "; known here: "
              + String.join(
                  ", ", e.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList()),
          e);
    } catch (JsonMappingException e) {
      throw new CatalogueException(
          origin
              + line(e.getLocation())
              + ": "
              + path(e)
              + ": "
              + firstLine(e.getOriginalMessage()),
          e);
    } catch (JsonProcessingException e) {
      throw new CatalogueException(
          origin + line(e.getLocation()) + ": no valid TOML: " + firstLine(e.getOriginalMessage()),
          e);
    }
    if (file.schema != 1) {
      throw new CatalogueException(origin + ": schema = 1 is missing at the top");
    }
    return file;
  }

  /// Puts it into the catalogue, which may know names that this file only uses.
  void into(Catalogue catalogue, String origin) {
    or(packages, Map.<String, Packages>of())
        .forEach((name, set) -> catalogue.put(name, packageSet(set, origin, name)));
    or(services, Map.<String, Server>of())
        .forEach((name, server) -> catalogue.put(name, service(server, origin, name)));
    for (Case each : or(cases, List.<Case>of())) {
      List<String> ids = or(each.ids, List.<String>of());
      if (ids.isEmpty()) {
        throw new CatalogueException(origin + ": a [[case]] names no ids");
      }
      Entry entry = entry(each, catalogue, origin + ": case " + ids.getFirst());
      ids.forEach(id -> catalogue.put(id, entry));
    }
    for (Row row : or(expected, List.<Row>of())) {
      catalogue.add(row(row, origin));
    }
  }

  private static PackageSet packageSet(Packages set, String origin, String name) {
    List<String> pip = or(set.pip, List.<String>of());
    require(!pip.isEmpty(), origin + ": packages." + name + " names nothing for pip");
    return new PackageSet(List.copyOf(pip), Boolean.TRUE.equals(set.compiled));
  }

  private static Service service(Server server, String origin, String name) {
    String where = origin + ": services." + name;
    Service.Kind kind =
        Stream.of(Service.Kind.values())
            .filter(k -> k.label().equals(server.kind))
            .findFirst()
            .orElseThrow(
                () ->
                    new CatalogueException(
                        where
                            + ".kind is "
                            + server.kind
                            + "; known: "
                            + labels(Service.Kind.values(), Service.Kind::label)));
    Map<String, Service.Page> pages = new java.util.LinkedHashMap<>();
    or(server.pages, Map.<String, Page>of())
        .forEach((path, page) -> pages.put(path, page(page, where + ".pages." + path, path)));
    require(kind == Service.Kind.WEB || pages.isEmpty(), where + ": only a web service has pages");
    return new Service(kind, server.password, pages);
  }

  private static Service.Page page(Page page, String where, String path) {
    require(path.startsWith("/"), where + ": a path starts with /");
    int bytes = or(page.bytes, 0);
    require(bytes >= 0 && bytes <= 1 << 24, where + ".bytes is not within 0 and 16777216");
    return new Service.Page(
        or(page.status, 200), or(page.type, "text/html; charset=utf-8"), page.text, bytes);
  }

  private static Entry entry(Case each, Catalogue catalogue, String where) {
    List<String> packages = or(each.packages, List.<String>of());
    for (String name : packages) {
      require(catalogue.hasPackages(name), where + ": no [packages." + name + "] before it");
    }
    Map<String, String> services = or(each.services, Map.<String, String>of());
    services.forEach(
        (place, name) -> {
          require(PLACE.matcher(place).matches(), where + ": " + place + " is no host:port");
          require(catalogue.hasService(name), where + ": no [services." + name + "] before it");
        });
    require(
        each.python == null || PYTHON.matcher(each.python).matches(),
        where + ".python is no bound such as >=3.11: " + each.python);
    require(
        each.file == null || each.file.matches("[\\w.-]+\\.py"),
        where + ".file is no name of a Python file: " + each.file);
    require(each.limit == null || each.limit > 0, where + ".limit is not positive");
    return new Entry(
        List.copyOf(packages),
        Map.copyOf(services),
        each.prelude,
        Boolean.TRUE.equals(each.session),
        each.stdin,
        each.limit,
        each.python,
        each.file,
        serve(each.serve, where),
        Boolean.TRUE.equals(each.display),
        !Boolean.FALSE.equals(each.timing));
  }

  private static Entry.@Nullable Serve serve(@Nullable Serve serve, String where) {
    if (serve == null) {
      return null;
    }
    int port = or(serve.port, 0);
    require(port > 0 && port < 65536, where + ".serve.port is missing");
    List<Entry.Ask> asks =
        or(serve.ask, List.<Ask>of()).stream()
            .map(
                ask -> {
                  String path = or(ask.path, "/");
                  int together = or(ask.together, 1);
                  require(
                      path.startsWith("/"), where + ".serve.ask: a path starts with /: " + path);
                  require(
                      together >= 1 && together <= 100,
                      where + ".serve.ask.together is not within 1 and 100");
                  return new Entry.Ask(
                      path, or(ask.method, "GET").toUpperCase(Locale.ROOT), ask.body, together);
                })
            .toList();
    require(!asks.isEmpty(), where + ".serve asks nothing");
    return new Entry.Serve(port, asks);
  }

  static Expected row(Row row, String origin) {
    List<String> ids = or(row.cases, List.<String>of());
    List<String> aspects = or(row.aspects, List.<String>of());
    require(
        !ids.isEmpty() && !aspects.isEmpty() && row.reason != null && !row.reason.isBlank(),
        origin + ": an [[expected]] lacks cases, aspects or reason");
    Set<Aspect> named = EnumSet.noneOf(Aspect.class);
    for (String aspect : aspects) {
      named.add(
          Aspect.named(aspect)
              .orElseThrow(
                  () ->
                      new CatalogueException(
                          origin
                              + ": no such aspect: "
                              + aspect
                              + "; known: "
                              + labels(Aspect.values(), Aspect::label))));
    }
    return new Expected(
        List.copyOf(ids),
        List.copyOf(or(row.on, List.<String>of())),
        named,
        or(row.reason, ""),
        row.link);
  }

  private static <T> String labels(T[] all, Function<T, String> label) {
    return String.join(", ", Stream.of(all).map(label).toList());
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new CatalogueException(message);
    }
  }

  private static <T> T or(@Nullable T value, T otherwise) {
    return value != null ? value : otherwise;
  }

  private static String line(@Nullable JsonLocation location) {
    return location == null || location.getLineNr() < 1 ? "" : ", line " + location.getLineNr();
  }

  private static String path(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference part : e.getPath()) {
      if (part.getFieldName() == null) {
        path.append('[').append(part.getIndex() + 1).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(part.getFieldName());
      }
    }
    return path.toString();
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }
}
