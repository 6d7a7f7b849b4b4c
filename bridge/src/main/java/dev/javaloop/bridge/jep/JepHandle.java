package dev.javaloop.bridge.jep;

/// An object of Python's, which Python keeps under a number.
record JepHandle(long number) {}
