package dev.javaloop.conformance.catalogue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Everything that is known of cases, out of one or more files; later files win.
public final class Catalogue {
  private final Map<String, PackageSet> packages = new LinkedHashMap<>();
  private final Map<String, Service> services = new LinkedHashMap<>();
  private final Map<String, Entry> cases = new LinkedHashMap<>();
  private final List<Expected> expected = new ArrayList<>();

  /// Adds what a file says.
  ///
  /// @param toml its text
  /// @param origin how errors name it
  public Catalogue add(String toml, String origin) {
    CatalogueFile.read(toml, origin).into(this, origin);
    return this;
  }

  public Entry entry(String caseId) {
    return cases.getOrDefault(caseId, Entry.NONE);
  }

  public PackageSet packages(String name) {
    return named(packages, name);
  }

  public Service service(String name) {
    return named(services, name);
  }

  /// The last row that is about the case in a column.
  public Optional<Expected> expected(String caseId, String column, String engine) {
    return expected.stream()
        .filter(row -> row.isAbout(caseId, column, engine))
        .reduce((_, later) -> later);
  }

  /// Every place (`host:port`) where some case thinks that the service is.
  public Set<String> places(String service) {
    Set<String> places = new TreeSet<>();
    cases
        .values()
        .forEach(
            entry ->
                entry
                    .services()
                    .forEach(
                        (place, name) -> {
                          if (name.equals(service)) {
                            places.add(place);
                          }
                        }));
    return places;
  }

  void put(String name, PackageSet set) {
    packages.put(name, set);
  }

  void put(String name, Service service) {
    services.put(name, service);
  }

  void put(String id, Entry entry) {
    cases.put(id, entry);
  }

  void add(Expected row) {
    expected.add(row);
  }

  boolean hasPackages(String name) {
    return packages.containsKey(name);
  }

  boolean hasService(String name) {
    return services.containsKey(name);
  }

  private static <T> T named(Map<String, T> all, String name) {
    T found = all.get(name);
    if (found == null) {
      throw new IllegalArgumentException(name);
    }
    return found;
  }
}
