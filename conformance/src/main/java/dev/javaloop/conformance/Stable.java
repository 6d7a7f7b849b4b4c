package dev.javaloop.conformance;

import com.github.difflib.patch.AbstractDelta;
import com.github.difflib.patch.Chunk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;

/// What several runs of the reference agree on: the lines that the bridge has to write, in their
/// order.
///
/// Lines that vary between the runs are open: some of their tokens, their order in a stretch, or
/// any number of lines.
record Stable(List<Part> parts) {

  /// A stretch of the output.
  sealed interface Part {}

  /// One line.
  record One(Line line) implements Part {}

  /// These lines in any order: the runs wrote all of them, each in another order.
  record AnyOrder(List<String> lines) implements Part {}

  /// Any number of any lines: the runs wrote different ones.
  ///
  /// @param sample those of the first run, to show
  record AnyLines(List<String> sample) implements Part {}

  static Stable learn(List<List<String>> runs) {
    List<String> first = runs.getFirst();
    if (runs.stream().allMatch(first::equals)) {
      return new Stable(first.stream().<Part>map(line -> new One(Line.fixed(line))).toList());
    }
    if (runs.stream().allMatch(run -> sorted(run).equals(sorted(first)))) {
      return reordered(runs);
    }
    if (runs.stream().allMatch(run -> run.size() == first.size())) {
      List<Part> parts = new ArrayList<>();
      for (int i = 0; i < first.size(); i++) {
        int index = i;
        parts.add(new One(Line.learn(runs.stream().map(run -> run.get(index)).toList())));
      }
      return new Stable(parts);
    }
    return common(runs);
  }

  /// Whether the bridge's lines are what the reference could have written.
  boolean accepts(List<String> lines) {
    BitSet reached = new BitSet();
    reached.set(0);
    for (Part part : parts) {
      BitSet next = new BitSet();
      reached.stream().forEach(from -> step(part, lines, from, next));
      reached = next;
    }
    return reached.get(lines.size());
  }

  /// Whether anything is open.
  boolean varies() {
    return parts.stream().anyMatch(part -> !(part instanceof One(Line line)) || line.varies());
  }

  private static void step(Part part, List<String> lines, int from, BitSet next) {
    switch (part) {
      case One(Line line) -> {
        if (from < lines.size() && line.accepts(lines.get(from))) {
          next.set(from + 1);
        }
      }
      case AnyOrder(List<String> expected) -> {
        int to = from + expected.size();
        if (to <= lines.size() && sorted(lines.subList(from, to)).equals(sorted(expected))) {
          next.set(to);
        }
      }
      case AnyLines _ -> next.set(from, lines.size() + 1);
    }
  }

  /// The runs wrote the same lines in another order: open between the first and the last line that
  /// moved.
  private static Stable reordered(List<List<String>> runs) {
    List<String> first = runs.getFirst();
    int head = 0;
    while (sameAt(runs, head, 0)) {
      head++;
    }
    int tail = 0;
    while (sameAt(runs, tail, 1)) {
      tail++;
    }
    List<Part> parts = new ArrayList<>();
    first.subList(0, head).forEach(line -> parts.add(new One(Line.fixed(line))));
    parts.add(new AnyOrder(first.subList(head, first.size() - tail)));
    first
        .subList(first.size() - tail, first.size())
        .forEach(line -> parts.add(new One(Line.fixed(line))));
    return new Stable(parts);
  }

  /// Whether all runs have the same line at this distance from the start (`fromEnd` 0) or the end
  /// (1).
  private static boolean sameAt(List<List<String>> runs, int distance, int fromEnd) {
    List<String> first = runs.getFirst();
    int index = fromEnd == 0 ? distance : first.size() - 1 - distance;
    return runs.stream().allMatch(run -> run.get(index).equals(first.get(index)));
  }

  /// The runs wrote different lines: what is common to all stays, what lies between is open.
  private static Stable common(List<List<String>> runs) {
    List<String> first = runs.getFirst();
    boolean[] stays = new boolean[first.size()];
    boolean[] gapBefore = new boolean[first.size() + 1];
    Arrays.fill(stays, true);
    for (List<String> run : runs) {
      for (AbstractDelta<String> delta : Deltas.of(first, run, String::equals)) {
        Chunk<String> source = delta.getSource();
        gapBefore[source.getPosition()] = true;
        for (int i = 0; i < source.size(); i++) {
          stays[source.getPosition() + i] = false;
        }
      }
    }
    List<Part> parts = new ArrayList<>();
    List<String> gap = new ArrayList<>();
    boolean open = false;
    for (int i = 0; i <= first.size(); i++) {
      open |= gapBefore[i];
      if (i < first.size() && !stays[i]) {
        gap.add(first.get(i));
        continue;
      }
      if (open) {
        parts.add(new AnyLines(List.copyOf(gap)));
        gap.clear();
        open = false;
      }
      if (i < first.size()) {
        parts.add(new One(Line.fixed(first.get(i))));
      }
    }
    return new Stable(parts);
  }

  private static List<String> sorted(List<String> lines) {
    return lines.stream().sorted().toList();
  }

  /// The lines to show, each with the part it came from.
  Stream<Shown> shown() {
    return parts.stream()
        .flatMap(
            part ->
                switch (part) {
                  case One(Line line) -> Stream.of(new Shown(line.sample(), part));
                  case AnyOrder(List<String> lines) ->
                      lines.stream().map(line -> new Shown(line, part));
                  case AnyLines(List<String> sample) ->
                      sample.stream().map(line -> new Shown(line, part));
                });
  }

  /// A line of the reference as reports show it.
  record Shown(String text, Part part) {
    boolean accepts(String other) {
      return switch (part) {
        case One(Line line) -> line.accepts(other);
        case AnyOrder(List<String> lines) -> lines.contains(other);
        case AnyLines _ -> true;
      };
    }

    boolean varies() {
      return !(part instanceof One(Line line)) || line.varies();
    }
  }
}
