package dev.javaloop.cpython;

/// The clock of loops: `time.monotonic`, read by Java as long as no program has put another in its
/// place (decision 11). With the GIL held.
final class Clock {
  private static final long MONOTONIC = Names.of("monotonic");

  /// The dict of the module `time`.
  private final long module = PyObjects.dictOf(PyObjects.importModule("time"));

  private final long monotonic = CApi.dictItem(module, MONOTONIC);

  private final OwnMethod ownTime =
      new OwnMethod(
          "time",
          Names.attribute(
              Names.attribute(PyObjects.importModule("asyncio.base_events"), "BaseEventLoop"),
              "time"));

  /// Whether the loop has the system's clock: nobody has replaced its `time`, that of a class of
  /// its, or `time.monotonic`.
  boolean isOwn(long loop) {
    return CApi.dictItem(module, MONOTONIC) == monotonic && ownTime.isOf(loop);
  }

  /// Now, as `time.monotonic()` has it.
  double seconds() {
    return System.nanoTime() / 1e9;
  }

  /// What the loop's own `time` gives.
  ///
  /// @throws Failures.PythonRaised where it raises
  double ask(long loop) {
    long now = PyObjects.callMethod(loop, "time");
    double seconds = CApi.floatValue(now);
    References.drop(now);
    if (seconds == -1.0 && CApi.raised() != 0) {
      throw new Failures.PythonRaised();
    }
    return seconds;
  }
}
