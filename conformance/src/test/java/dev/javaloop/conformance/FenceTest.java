package dev.javaloop.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class FenceTest {
  private static List<Fence> fences(String text) {
    return Fence.in(new Note(Path.of("note.md"), "note", text));
  }

  @Test
  void fencesOfEveryLanguageCount() {
    List<Fence> found =
        fences("```mermaid\na\n```\n\ntext\n\n```Python 3\nb\n```\n\n~~~\nc\n~~~\n");
    assertEquals(List.of("note#1", "note#2", "note#3"), found.stream().map(Fence::id).toList());
    assertEquals(List.of("mermaid", "python", ""), found.stream().map(Fence::language).toList());
    assertEquals(List.of(1, 7, 11), found.stream().map(Fence::line).toList());
    assertEquals("note-2.py", found.get(1).fileName());
  }

  @Test
  void marksOfQuotesAndIndentationOfListsAreNotCode() {
    String quoted = "> text\n> ```python\n> if a:\n>     b\n> ```\n";
    assertEquals("if a:\n    b\n", fences(quoted).getFirst().code());
    String listed = "1. item\n\n   ```py\n   if a:\n       b\n   ```\n";
    assertEquals("if a:\n    b\n", fences(listed).getFirst().code());
    String both = "> - item\n>\n>   ~~~python\n>   a\n>   ~~~\n";
    assertEquals("a\n", fences(both).getFirst().code());
  }

  @Test
  void shorterFenceInsideIsText() {
    assertEquals(
        "```py\nx\n```\n", fences("````markdown\n```py\nx\n```\n````\n").getFirst().code());
    assertEquals("```\nx\n", fences("~~~python\n```\nx\n~~~\n").getFirst().code());
  }

  @Test
  void fenceThatNobodyClosesRunsToTheEnd() {
    List<Fence> found = fences("```python\na\n```\n\n```100\nlast words");
    assertEquals(2, found.size());
    assertEquals("100", found.get(1).language());
    assertEquals("last words\n", found.get(1).code());
    assertEquals(1, fences("```python\na\n\n```100\n").size(), "an info string closes nothing");
  }

  @Test
  void indentedCodeAndInlineCodeAreNoFences() {
    assertEquals(0, fences("text ```inline``` text\n\n    indented()\n").size());
  }

  @Test
  void emptyFenceCounts() {
    assertEquals("", fences("```python\n```\n").getFirst().code());
  }

  @Test
  void editorsWriteLanguagesInBraces() {
    assertEquals("python", fences("```{.python .numberLines}\na\n```\n").getFirst().language());
  }
}
