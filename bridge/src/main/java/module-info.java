/** The bridge between Java and Python: engines, the Java API and the launcher. */
@org.jspecify.annotations.NullMarked
module dev.javaloop.bridge {
  requires dev.javaloop.loop;
  requires static transitive org.jspecify;
  requires org.graalvm.polyglot;
  requires java.management; // the JVM's flags
  requires jdk.unsupported; // sun.misc.Signal

  exports dev.javaloop.bridge;
}
