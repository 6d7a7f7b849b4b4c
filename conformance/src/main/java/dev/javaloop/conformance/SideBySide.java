package dev.javaloop.conformance;

import com.github.difflib.patch.AbstractDelta;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The lines of both sides next to each other, for people to read.
final class SideBySide {
  private static final Piece NOTHING = new Piece("", "", "");

  private SideBySide() {}

  /// A line, cut where it differs from its neighbour.
  record Piece(String before, String mark, String after) {}

  /// One line of the table; the kind is `same`, `varies` (the reference's own runs differ here),
  /// `changed`, `missing` or `extra`.
  record Row(String kind, Piece reference, Piece bridge) {}

  private record Cell(String text, Stable.@Nullable Shown shown) {
    private static boolean agree(Cell one, Cell other) {
      Stable.Shown expected = one.shown() != null ? one.shown() : other.shown();
      String text = one.shown() != null ? other.text() : one.text();
      return expected != null ? expected.accepts(text) : one.text().equals(other.text());
    }
  }

  static List<Row> rows(Comparison.Channel channel) {
    List<Cell> left =
        channel.expected().shown().map(shown -> new Cell(shown.text(), shown)).toList();
    List<Cell> right = channel.actual().stream().map(text -> new Cell(text, null)).toList();
    List<Row> rows = new ArrayList<>();
    int l = 0;
    int r = 0;
    for (AbstractDelta<Cell> delta : Deltas.of(left, right, Cell::agree)) {
      int leftStart = delta.getSource().getPosition();
      while (l < leftStart) {
        rows.add(agreeing(left.get(l++), right.get(r++)));
      }
      int leftEnd = leftStart + delta.getSource().size();
      int rightEnd = delta.getTarget().getPosition() + delta.getTarget().size();
      while (l < leftEnd || r < rightEnd) {
        if (l < leftEnd && r < rightEnd) {
          rows.add(changed(left.get(l++).text(), right.get(r++).text()));
        } else if (l < leftEnd) {
          rows.add(new Row("missing", whole(left.get(l++).text()), NOTHING));
        } else {
          rows.add(new Row("extra", NOTHING, whole(right.get(r++).text())));
        }
      }
    }
    while (l < left.size() && r < right.size()) {
      rows.add(agreeing(left.get(l++), right.get(r++)));
    }
    return rows;
  }

  private static Row agreeing(Cell left, Cell right) {
    boolean varies = left.shown() != null && left.shown().varies();
    return varies
        ? new Row(
            "varies",
            changed(left.text(), right.text()).reference(),
            changed(left.text(), right.text()).bridge())
        : new Row("same", new Piece(left.text(), "", ""), new Piece(right.text(), "", ""));
  }

  private static Piece whole(String text) {
    return new Piece("", text, "");
  }

  private static Row changed(String left, String right) {
    int shorter = Math.min(left.length(), right.length());
    int head = 0;
    while (head < shorter && left.charAt(head) == right.charAt(head)) {
      head++;
    }
    int tail = 0;
    while (tail < shorter - head
        && left.charAt(left.length() - 1 - tail) == right.charAt(right.length() - 1 - tail)) {
      tail++;
    }
    return new Row("changed", cut(left, head, tail), cut(right, head, tail));
  }

  private static Piece cut(String text, int head, int tail) {
    int end = text.length() - tail;
    return new Piece(text.substring(0, head), text.substring(head, end), text.substring(end));
  }
}
