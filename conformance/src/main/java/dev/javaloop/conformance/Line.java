package dev.javaloop.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One line as the reference runs agree on it: its text, with the tokens that varied between the
/// runs left open.
///
/// @param sample the line of the first run, to show
/// @param tokens what the line is made of; an open token accepts any of its kind
record Line(String sample, List<Token> tokens) {
  private static final Pattern TOKEN =
      Pattern.compile("0x[0-9a-fA-F]+|\\d+(?:\\.\\d+)?(?:e-?\\d+)?|[\\p{L}_][\\p{L}\\d_]*|\\s+|.");
  private static final Pattern DECIMAL = Pattern.compile("\\d+\\.\\d+(?:e-?\\d+)?|\\d+e-\\d+");

  /// Numbers above this are timestamps or clocks, not durations.
  private static final double LONGEST_DURATION = 600;

  private enum Kind {
    NUMBER,
    WORD,
    SPACE,
    OTHER
  }

  /// A fixed token, or an open one: a kind and, for durations that vary a little, the bounds for
  /// the other side.
  ///
  /// @param longest the longest of the reference's values when the open token is a duration, else
  ///   NaN
  record Token(String text, Kind kind, boolean open, double shortest, double longest) {
    private static Token fixed(String text) {
      return new Token(text, Line.kind(text), false, Double.NaN, Double.NaN);
    }

    private boolean accepts(String other) {
      if (!open) {
        return text.equals(other);
      }
      if (kind != Line.kind(other)) {
        return false;
      }
      OptionalDouble value = duration(other);
      return Double.isNaN(longest)
          || value.isEmpty()
          || TimingRule.agrees(shortest, longest, value.getAsDouble());
    }
  }

  static Line fixed(String text) {
    return new Line(text, tokenize(text).stream().map(Token::fixed).toList());
  }

  /// What these lines have in common; a line that is open as a whole when they are built
  /// differently.
  static Line learn(List<String> texts) {
    List<List<String>> all = texts.stream().map(Line::tokenize).toList();
    List<String> first = all.getFirst();
    List<Token> tokens = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      int index = i;
      if (all.stream().anyMatch(other -> other.size() != first.size())
          || all.stream().anyMatch(other -> kind(other.get(index)) != kind(first.get(index)))) {
        return new Line(texts.getFirst(), List.of());
      }
      List<String> values = all.stream().map(other -> other.get(index)).distinct().toList();
      tokens.add(values.size() == 1 ? Token.fixed(values.getFirst()) : open(values));
    }
    return new Line(texts.getFirst(), tokens);
  }

  boolean accepts(String text) {
    if (tokens.isEmpty()) {
      return open() || text.isEmpty();
    }
    if (!varies()) {
      return sample.equals(text);
    }
    List<String> others = tokenize(text);
    if (others.size() != tokens.size()) {
      return false;
    }
    for (int i = 0; i < others.size(); i++) {
      if (!tokens.get(i).accepts(others.get(i))) {
        return false;
      }
    }
    return true;
  }

  /// Whether some of the line is open.
  boolean varies() {
    return open() || tokens.stream().anyMatch(Token::open);
  }

  private boolean open() {
    return tokens.isEmpty() && !sample.isEmpty();
  }

  private static Token open(List<String> values) {
    double[] durations =
        values.stream()
            .map(Line::duration)
            .flatMapToDouble(OptionalDouble::stream)
            .sorted()
            .toArray();
    Kind kind = kind(values.getFirst());
    if (durations.length != values.size()) {
      return new Token(values.getFirst(), kind, true, Double.NaN, Double.NaN);
    }
    double shortest = durations[0];
    double longest = durations[durations.length - 1];
    // Values that lie far apart are no measured durations: random numbers, for instance.
    boolean close = longest - shortest <= Math.max(0.05, 0.05 * longest);
    return new Token(
        values.getFirst(), kind, true, close ? shortest : Double.NaN, close ? longest : Double.NaN);
  }

  private static OptionalDouble duration(String token) {
    if (!DECIMAL.matcher(token).matches()) {
      return OptionalDouble.empty();
    }
    double value = Double.parseDouble(token);
    return value <= LONGEST_DURATION ? OptionalDouble.of(value) : OptionalDouble.empty();
  }

  private static List<String> tokenize(String text) {
    List<String> tokens = new ArrayList<>();
    for (Matcher m = TOKEN.matcher(text); m.find(); ) {
      tokens.add(m.group());
    }
    return tokens;
  }

  private static Kind kind(String token) {
    int first = token.codePointAt(0);
    if (Character.isDigit(first)) {
      return Kind.NUMBER;
    }
    if (Character.isLetter(first) || first == '_') {
      return Kind.WORD;
    }
    return Character.isWhitespace(first) ? Kind.SPACE : Kind.OTHER;
  }
}
