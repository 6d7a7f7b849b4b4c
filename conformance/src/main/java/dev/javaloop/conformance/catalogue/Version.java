package dev.javaloop.conformance.catalogue;

/// Versions of Python, compared by as many parts as the shorter one has: 3.12.1 is 3.12.
final class Version {
  private Version() {}

  static int compare(String one, String other) {
    String[] left = one.split("\\.", -1);
    String[] right = other.split("\\.", -1);
    for (int i = 0; i < Math.min(left.length, right.length); i++) {
      int compared = Integer.compare(number(left[i]), number(right[i]));
      if (compared != 0) {
        return compared;
      }
    }
    return 0;
  }

  private static int number(String part) {
    String digits = part.replaceAll("\\D.*", "");
    return digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }
}
