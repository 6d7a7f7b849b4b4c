package dev.javaloop.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Node;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/// One fenced block of a note, also one inside block quotes and lists.
///
/// @param id the note's stem and the fence's number in the note, counted from 1 over fences of
///   every language
/// @param line the line of the note that opens the fence, from 1
/// @param language the first word of the info string in lower case; empty without one
/// @param code the text inside, without the indentation and the quote marks around it
record Fence(String id, Note note, int number, int line, String language, String code) {
  /// Lists and quotes in each other; what is deeper is text.
  private static final int DEEPEST = 200;

  static List<Fence> in(Note note) {
    Node document =
        Parser.builder()
            .includeSourceSpans(IncludeSourceSpans.BLOCKS)
            .maxOpenBlockParsers(DEEPEST)
            .build()
            .parse(note.text());
    List<Fence> fences = new ArrayList<>();
    document.accept(
        new AbstractVisitor() {
          @Override
          public void visit(FencedCodeBlock block) {
            int number = fences.size() + 1;
            String id = note.stem() + "#" + number;
            int line = block.getSourceSpans().getFirst().getLineIndex() + 1;
            fences.add(new Fence(id, note, number, line, language(block), literal(block)));
          }
        });
    return fences;
  }

  /// A name that is safe as a Python file's on both sides.
  String fileName() {
    String name = id.replaceAll("[^\\w.]+", "-");
    // No option of a python's, and no longer than a file's name may be.
    return name.substring(Math.max(0, name.length() - 100)).replaceFirst("^[-.]+", "") + ".py";
  }

  private static String literal(FencedCodeBlock block) {
    String literal = block.getLiteral();
    return literal == null ? "" : literal;
  }

  private static String language(FencedCodeBlock block) {
    String info = block.getInfo();
    if (info == null || info.isBlank()) {
      return "";
    }
    // `{.python .numberLines}` is how some editors write a language.
    String word = info.strip().split("[\\s,]+", 2)[0].replaceAll("[{}.]", "");
    return word.toLowerCase(Locale.ROOT);
  }
}
