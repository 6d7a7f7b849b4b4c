/// The event loop: passes, timers, posts and a poller over file descriptors.
@org.jspecify.annotations.NullMarked
module dev.javaloop.loop {
  requires static org.jspecify;

  exports dev.javaloop.loop;
}
