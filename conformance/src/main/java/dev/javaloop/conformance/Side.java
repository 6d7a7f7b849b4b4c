package dev.javaloop.conformance;

import java.util.ArrayList;
import java.util.List;

/// One of the two interpreters that are compared.
///
/// @param name `reference` or `bridge`, as reports say it
/// @param command what runs a Python file when the file's name follows
/// @param description implementation and version
record Side(String name, List<String> command, String description) {

  List<String> commandFor(String script) {
    List<String> full = new ArrayList<>(command);
    full.add(script);
    return full;
  }
}
