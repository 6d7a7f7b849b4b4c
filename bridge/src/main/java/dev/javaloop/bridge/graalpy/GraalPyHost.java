package dev.javaloop.bridge.graalpy;

import dev.javaloop.bridge.host.Host;
import org.graalvm.polyglot.HostAccess.Export;

/// What Python gets of Java on GraalPy: the binding `javaloop.host` of the polyglot scope.
public final class GraalPyHost extends Host {
  GraalPyHost() {}

  @Export
  public HostSockets newSockets() {
    return new HostSockets();
  }
}
