package dev.javaloop.conformance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.javaloop.conformance.catalogue.Entry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The files of a case.
///
/// @param main the one that is run
/// @param files their texts, by name
record Script(String main, Map<String, String> files) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Script of(String name, String code) {
    return new Script(name, Map.of(name, code));
  }

  /// The fence's code as it stands, in a namespace with the names of the entry's prelude.
  static Script of(Fence fence, String code, Entry entry) {
    String name = entry.file() != null ? entry.file() : fence.fileName();
    if (entry.prelude() == null) {
      return of(name, code);
    }
    Map<String, String> files = new LinkedHashMap<>();
    files.put(name, code);
    files.put(
        "prelude.py",
        Resources.text("prelude.py")
            + "_play(%s, %s)\n".formatted(json(name), json(entry.prelude())));
    return new Script("prelude.py", files);
  }

  /// A script that plays the cells as a session does.
  static Script of(Fence fence, List<Transcript.Cell> cells, Entry entry) {
    StringBuilder text = new StringBuilder(Resources.text("session.py")).append("_play([\n");
    for (Transcript.Cell cell : cells) {
      text.append("    (%s, %s),\n".formatted(json(cell.number()), json(cell.source())));
    }
    text.append("]");
    if (entry.prelude() != null) {
      text.append(", ").append(json(entry.prelude()));
    }
    return of(fence.fileName(), text.append(")\n").toString());
  }

  /// A JSON string is a Python string as well.
  private static String json(String text) {
    try {
      return JSON.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a string has no JSON", e);
    }
  }
}
