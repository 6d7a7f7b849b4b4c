package dev.javaloop.bridge.host;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.graalvm.polyglot.HostAccess.Export;

/// What Python gets of Java where it calls Java by itself; CPython has builtins.
public class Host {
  private final HostSignals signals = new HostSignals(System::nanoTime);
  private final HostKernel kernel = new HostKernel();
  private final Set<HostLoop> open = ConcurrentHashMap.newKeySet();
  private final long[] closed = new long[HostLoop.COUNTERS];

  public Host() {}

  @Export
  public HostLoop newLoop() {
    HostLoop loop = new HostLoop(signals, this::closing);
    open.add(loop);
    return loop;
  }

  private synchronized void closing(HostLoop loop) {
    if (open.remove(loop)) {
      add(closed, loop.stats());
    }
  }

  @Export
  public HostSignals signals() {
    return signals;
  }

  @Export
  public HostKernel kernel() {
    return kernel;
  }

  /// The counters of all loops that were made, in the order of [HostLoop#stats]: added up, and of
  /// the longest pass the longest.
  @Export
  public synchronized long[] totals() {
    long[] total = closed.clone();
    open.forEach(loop -> add(total, loop.stats()));
    return total;
  }

  private static void add(long[] total, long[] counts) {
    int longest = HostLoop.COUNTERS - 1;
    for (int i = 0; i < longest; i++) {
      total[i] += counts[i];
    }
    total[longest] = Math.max(total[longest], counts[longest]);
  }
}
