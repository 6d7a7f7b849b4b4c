package dev.javaloop.loop;

/** One loop. */
public final class EventLoop {
  EventLoop() {}
}
