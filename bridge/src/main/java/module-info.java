/** The bridge between Java and Python: engines, the Java API and the launcher. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-automatic") // JEP has no module descriptor
module dev.javaloop.bridge {
  requires dev.javaloop;
  requires dev.javaloop.loop;
  requires static transitive org.jspecify;
  requires org.graalvm.polyglot;
  requires static org.ninia.jep;
  requires java.management; // the JVM's flags
  requires jdk.unsupported; // sun.misc.Signal

  exports dev.javaloop.bridge;
}
