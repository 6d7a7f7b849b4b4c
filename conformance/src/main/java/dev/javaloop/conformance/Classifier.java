package dev.javaloop.conformance;

import dev.javaloop.conformance.catalogue.Catalogue;
import dev.javaloop.conformance.catalogue.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Says what each fence is: Python that can be compared here, Python that cannot, or no Python.
final class Classifier {
  private static final Set<String> PYTHON =
      Set.of("python", "py", "python3", "py3", "ipython", "ipython3", "pycon");
  private static final Set<String> WINDOWS = Set.of("tkinter", "turtle");

  private final Side reference;
  private final Side bridge;
  private final Catalogue catalogue;
  private final Map<String, String> environment;

  Classifier(Column column, Catalogue catalogue, Map<String, String> environment) {
    this.reference = column.reference();
    this.bridge = column.bridge();
    this.catalogue = catalogue;
    this.environment = environment;
  }

  /// A fence with what it is.
  record Classified(Fence fence, Example example) {}

  List<Classified> classify(List<Fence> fences) throws IOException, InterruptedException {
    Map<Fence, Example> examples = new LinkedHashMap<>();
    List<Fence> python = new ArrayList<>();
    for (Fence fence : fences) {
      Example example = asCatalogued(fence, byItsLooks(fence));
      examples.put(fence, example);
      if (!(example instanceof Example.NotPython)) {
        python.add(fence);
      }
    }
    Map<Fence, Probe.Facts> facts = facts(python, examples);
    Set<String> modules = new LinkedHashSet<>();
    facts.values().forEach(fact -> modules.addAll(fact.imports()));
    Probe.Answer there = Probe.ask("reference", reference.command(), List.of(), modules);
    Probe.Answer here = Probe.ask("bridge", bridge.command(), List.of(), modules);
    List<Classified> all = new ArrayList<>();
    examples.forEach(
        (fence, example) -> {
          Probe.Facts fact = facts.get(fence);
          all.add(
              fact == null
                  ? new Classified(fence, example)
                  : judge(fence, example, fact, there, here));
        });
    return all;
  }

  private static Example byItsLooks(Fence fence) {
    if (!fence.language().isEmpty() && !PYTHON.contains(fence.language())) {
      return new Example.NotPython("labelled " + fence.language());
    }
    if (fence.code().isBlank()) {
      return new Example.NotPython("empty");
    }
    if (fence.code().stripLeading().startsWith("$ ")) {
      return new Example.NotPython("console transcript");
    }
    Optional<Transcript> transcript = Transcript.parse(fence.code());
    if (transcript.isPresent()) {
      List<Transcript.Cell> cells = transcript.get().cells();
      return cells.isEmpty()
          ? new Example.NotPython("session without input")
          : new Example.Session(cells, transcript.get().recordedOutput());
    }
    return new Example.Script(fence.code());
  }

  /// A cell of a notebook looks like a script.
  private Example asCatalogued(Fence fence, Example example) {
    return example instanceof Example.Script(String code) && catalogue.entry(fence.id()).session()
        ? new Example.Session(List.of(new Transcript.Cell("1", code)), "")
        : example;
  }

  private Map<Fence, Probe.Facts> facts(List<Fence> python, Map<Fence, Example> examples)
      throws IOException, InterruptedException {
    List<String> snippets = new ArrayList<>();
    for (Fence fence : python) {
      snippets.add(source(fence, examples));
    }
    Probe.Answer answer = Probe.ask("reference", reference.command(), snippets, List.of());
    Map<Fence, Probe.Facts> facts = new LinkedHashMap<>();
    for (int i = 0; i < python.size(); i++) {
      Fence fence = python.get(i);
      Probe.Facts fact = answer.snippets().get(i);
      if (fence.language().isEmpty()
          && !fact.parses()
          && examples.get(fence) instanceof Example.Script) {
        examples.put(fence, new Example.NotPython("unlabelled, " + fact.error()));
      } else {
        facts.put(fence, fact);
      }
    }
    return facts;
  }

  private static String source(Fence fence, Map<Fence, Example> examples) {
    if (examples.get(fence) instanceof Example.Session(List<Transcript.Cell> cells, String _)) {
      return String.join("\n", cells.stream().map(Transcript.Cell::source).toList());
    }
    return fence.code();
  }

  private Classified judge(
      Fence fence, Example example, Probe.Facts fact, Probe.Answer there, Probe.Answer here) {
    Entry known = catalogue.entry(fence.id());
    List<String> reasons = new ArrayList<>();
    for (String module : fact.imports()) {
      boolean standard = there.stdlib().contains(module);
      Optional<String> gap =
          standard || known.packages().isEmpty()
              ? gap(module, standard, there, here)
              : Optional.empty();
      if (gap.isPresent()) {
        reasons.add(gap.get());
      } else if (WINDOWS.contains(module)
          && !known.display()
          && !environment.containsKey("DISPLAY")) {
        reasons.add("display: " + module + " opens a window");
      }
    }
    if (!fact.hosts().isEmpty() && known.services().isEmpty()) {
      reasons.add("network: " + String.join(", ", fact.hosts()));
    }
    if (!fact.servers().isEmpty() && known.services().isEmpty() && known.serve() == null) {
      reasons.add("server: " + String.join(", ", fact.servers()));
    }
    return reasons.isEmpty()
        ? new Classified(fence, example)
        : new Classified(fence, new Example.Skipped(String.join("; ", reasons)));
  }

  /// Why a module cannot be imported on one of the sides, or on both.
  private static Optional<String> gap(
      String module, boolean standard, Probe.Answer there, Probe.Answer here) {
    String onReference = there.missing().get(module);
    String onBridge = here.missing().get(module);
    if (onReference == null && onBridge == null) {
      return Optional.empty();
    }
    String where =
        onReference != null && onBridge != null
            ? "either side"
            : onReference != null ? "the reference" : "the bridge";
    String why = onReference != null ? onReference : onBridge;
    return Optional.of(
        "package " + module + " is not installed on " + where + (standard ? " (" + why + ")" : ""));
  }
}
