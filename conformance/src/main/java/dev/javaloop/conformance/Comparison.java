package dev.javaloop.conformance;

import dev.javaloop.conformance.catalogue.Aspect;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/// What a run of the bridge has and has not in common with the runs of the reference; time is not
/// looked at here.
///
/// @param channels the parts of the output, each with what was expected and what came
/// @param exit what is wrong with the way it ended
record Comparison(List<Channel> channels, Optional<Difference> exit) {

  /// One difference, in words.
  record Difference(Aspect aspect, String words) {}

  /// One part of the output.
  ///
  /// @param normalisers those that were needed to make both agree; all of them when nothing did
  /// @param expected what the reference's runs have in common after these normalisers
  /// @param actual the bridge's lines after these normalisers
  record Channel(
      Aspect aspect,
      boolean agrees,
      Set<Normaliser> normalisers,
      Stable expected,
      List<String> actual) {

    /// The first line that differs, in words.
    String firstDifference() {
      List<Stable.Shown> wanted = expected.shown().toList();
      for (int i = 0; i < Math.max(wanted.size(), actual.size()); i++) {
        if (i >= wanted.size()) {
          return "more than expected: " + shorten(actual.get(i));
        }
        if (i >= actual.size()) {
          return "missing: " + shorten(wanted.get(i).text());
        }
        if (!wanted.get(i).accepts(actual.get(i))) {
          return "expected " + shorten(wanted.get(i).text()) + ", got " + shorten(actual.get(i));
        }
      }
      return "the lines come in another order";
    }

    private static String shorten(String line) {
      return "`" + (line.length() > 160 ? line.substring(0, 160) + "…" : line) + "`";
    }
  }

  /// @param all the normalisers that may be tried
  static Comparison of(List<Run> references, Run bridge, Set<Normaliser> all) {
    return new Comparison(
        List.of(
            channel(Aspect.EXCEPTION, references, bridge, all, run -> Stderr.of(run).exception()),
            channel(Aspect.STDOUT, references, bridge, all, Run::stdoutLines),
            channel(Aspect.WARNINGS, references, bridge, all, run -> Stderr.of(run).warnings()),
            channel(Aspect.STDERR, references, bridge, all, run -> Stderr.of(run).rest()),
            channel(Aspect.FILES, references, bridge, all, Run::files),
            channel(Aspect.ANSWERS, references, bridge, all, Run::answers)),
        exit(references, bridge));
  }

  boolean agrees() {
    return exit.isEmpty() && channels.stream().allMatch(Channel::agrees);
  }

  List<Difference> differences() {
    List<Difference> all = new ArrayList<>();
    exit.ifPresent(all::add);
    for (Channel channel : channels) {
      if (!channel.agrees()) {
        all.add(new Difference(channel.aspect(), channel.firstDifference()));
      }
    }
    return all;
  }

  /// Every normaliser that some part of the output needed; none of a part that differs anyway.
  Set<Normaliser> normalisers() {
    Set<Normaliser> used = new TreeSet<>();
    channels.stream().filter(Channel::agrees).forEach(c -> used.addAll(c.normalisers()));
    return used;
  }

  /// Parts of the output in which the reference's own runs vary, also after the normalisers.
  List<Aspect> varying() {
    return channels.stream().filter(c -> c.expected().varies()).map(Channel::aspect).toList();
  }

  /// Whether the reference's runs vary although every accident that has a name is taken out.
  static boolean varies(List<Run> references, Set<Normaliser> all) {
    return references.stream().map(Run::ending).distinct().count() > 1
        || learn(references, all, Run::stdoutLines).varies()
        || learn(references, all, Run::stderrLines).varies()
        || learn(references, all, Run::files).varies()
        || learn(references, all, Run::answers).varies();
  }

  private static Optional<Difference> exit(List<Run> references, Run bridge) {
    List<String> endings = references.stream().map(Run::ending).distinct().toList();
    // What the limit interrupts has no status to compare.
    boolean same =
        references.stream()
            .anyMatch(
                run ->
                    run.timedOut() == bridge.timedOut()
                        && (run.timedOut() || run.exitStatus() == bridge.exitStatus()));
    return same
        ? Optional.empty()
        : Optional.of(
            new Difference(
                Aspect.EXIT,
                "expected " + String.join(" or ", endings) + ", got " + bridge.ending()));
  }

  private static Channel channel(
      Aspect aspect,
      List<Run> references,
      Run bridge,
      Set<Normaliser> all,
      Function<Run, List<String>> lines) {
    Channel raw = attempt(aspect, references, bridge, lines, EnumSet.noneOf(Normaliser.class));
    if (raw.agrees()) {
      return raw;
    }
    Channel best = attempt(aspect, references, bridge, lines, all);
    if (!best.agrees()) {
      return best;
    }
    // Leave out, one after the other, what is not needed.
    Set<Normaliser> needed = EnumSet.copyOf(all);
    for (Normaliser normaliser : all) {
      Set<Normaliser> fewer = EnumSet.copyOf(needed);
      fewer.remove(normaliser);
      Channel without = attempt(aspect, references, bridge, lines, fewer);
      if (without.agrees()) {
        needed = fewer;
        best = without;
      }
    }
    return best;
  }

  private static Channel attempt(
      Aspect aspect,
      List<Run> references,
      Run bridge,
      Function<Run, List<String>> lines,
      Set<Normaliser> normalisers) {
    Stable expected = learn(references, normalisers, lines);
    List<String> actual = Normaliser.applyAll(normalisers, lines.apply(bridge), bridge);
    return new Channel(aspect, expected.accepts(actual), Set.copyOf(normalisers), expected, actual);
  }

  private static Stable learn(
      List<Run> references, Set<Normaliser> normalisers, Function<Run, List<String>> lines) {
    return Stable.learn(
        references.stream()
            .map(run -> Normaliser.applyAll(normalisers, lines.apply(run), run))
            .toList());
  }
}
