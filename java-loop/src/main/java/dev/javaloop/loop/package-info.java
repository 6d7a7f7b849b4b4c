/// An event loop in Java: [EventLoop], what it calls, and two drivers for it.
package dev.javaloop.loop;
