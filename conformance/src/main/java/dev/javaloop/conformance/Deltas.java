package dev.javaloop.conformance;

import com.github.difflib.DiffUtils;
import com.github.difflib.patch.AbstractDelta;
import com.github.difflib.patch.ChangeDelta;
import com.github.difflib.patch.Chunk;
import java.util.List;
import java.util.function.BiPredicate;

/// Where two lists differ.
final class Deltas {
  /// A shortest answer takes the product of both lengths at worst.
  private static final long MOST_STEPS = 25_000_000;

  private Deltas() {}

  /// Shortest where that can be had in reasonable time, else all between the equal ends is one
  /// difference.
  static <T> List<AbstractDelta<T>> of(List<T> left, List<T> right, BiPredicate<T, T> equal) {
    int shorter = Math.min(left.size(), right.size());
    int head = 0;
    while (head < shorter && equal.test(left.get(head), right.get(head))) {
      head++;
    }
    int tail = 0;
    while (tail < shorter - head
        && equal.test(left.get(left.size() - 1 - tail), right.get(right.size() - 1 - tail))) {
      tail++;
    }
    List<T> leftMiddle = left.subList(head, left.size() - tail);
    List<T> rightMiddle = right.subList(head, right.size() - tail);
    if ((long) leftMiddle.size() * rightMiddle.size() <= MOST_STEPS) {
      return DiffUtils.diff(left, right, equal).getDeltas();
    }
    return List.of(
        new ChangeDelta<>(new Chunk<>(head, leftMiddle), new Chunk<>(head, rightMiddle)));
  }
}
