package dev.javaloop.conformance.catalogue;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A difference that is known. Strict: one that does not happen is an unexpected pass, and a
/// difference in another aspect than the named ones is still a difference.
///
/// @param cases ids of the cases
/// @param on columns, or engines and then all of their columns; every column if empty
/// @param aspects what may differ, nothing else
/// @param link where the matter is followed; may be absent
public record Expected(
    List<String> cases,
    List<String> on,
    Set<Aspect> aspects,
    String reason,
    @Nullable String link) {

  /// Whether it is about a column (`cpython@3.10`) of an engine (`cpython`).
  public boolean isAbout(String caseId, String column, String engine) {
    return cases.contains(caseId) && (on.isEmpty() || on.contains(column) || on.contains(engine));
  }
}
