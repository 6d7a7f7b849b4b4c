import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// Unpacks GraalPy's `python-language` jar, cured: `java CureAsyncWith.java IN.jar CLASSES`.
///
/// GraalPy 25.0.3 compiles `async with` so that the protected block is entered before `__aenter__`
/// has been awaited, and `__aexit__` then runs although `__aenter__` raised or was cancelled. The
/// cure moves the instructions that enter the block behind the await, in the one method that
/// compiles the statement. Every other class, resource and service entry is copied as it is.
final class CureAsyncWith {
  private static final String COMPILER = "com/oracle/graal/python/compiler/Compiler.class";

  /// Says that the jar is cured; the bridge looks for it before it starts an engine.
  private static final String MARKER = "META-INF/javaloop/cured-async-with";

  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      throw new IllegalArgumentException("usage: CureAsyncWith IN.jar CLASSES");
    }
    Path in = Path.of(args[0]);
    Path classes = Path.of(args[1]);
    Path marker = classes.resolve(MARKER);
    String madeFrom = in.getFileName() + " cured, recipe 1\n";
    if (Files.exists(marker) && Files.readString(marker).equals(madeFrom)) {
      return;
    }
    boolean cured = false;
    try (ZipFile jar = new ZipFile(in.toFile())) {
      for (ZipEntry entry : (Iterable<ZipEntry>) jar.stream().map(ZipEntry.class::cast)::iterator) {
        if (entry.isDirectory() || isSignature(entry.getName())) {
          continue;
        }
        byte[] bytes;
        try (var content = jar.getInputStream(entry)) {
          bytes = content.readAllBytes();
        }
        if (entry.getName().equals(COMPILER)) {
          bytes = cure(bytes);
          cured = true;
        }
        write(classes, entry.getName(), bytes);
      }
    }
    if (!cured) {
      throw new IOException(in + " has no " + COMPILER);
    }
    write(classes, MARKER, madeFrom.getBytes(StandardCharsets.UTF_8));
  }

  /// A signature over the jar would not fit the changed class.
  private static boolean isSignature(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return upper.startsWith("META-INF/")
        && (upper.endsWith(".SF") || upper.endsWith(".RSA") || upper.endsWith(".DSA"));
  }

  private static void write(Path classes, String name, byte[] bytes) throws IOException {
    Path file = classes.resolve(name).normalize();
    if (!file.startsWith(classes)) {
      throw new IOException("entry outside the jar: " + name);
    }
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private static byte[] cure(byte[] compiler) throws IOException {
    ClassFile classFile = ClassFile.of();
    boolean[] changed = {false};
    byte[] result =
        classFile.transformClass(
            classFile.parse(compiler),
            ClassTransform.transformingMethods(
                method -> method.methodName().equalsString("visitAsyncWith"),
                (builder, element) -> {
                  if (element instanceof CodeModel code) {
                    changed[0] = true;
                    List<CodeElement> moved = enterAfterAwait(code.elementList());
                    builder.withCode(to -> moved.forEach(to::with));
                  } else {
                    builder.with(element);
                  }
                }));
    if (!changed[0]) {
      throw new IOException("Compiler.visitAsyncWith was not found: another GraalPy?");
    }
    return result;
  }

  /// `enter` is from loading `this.unit` for `pushBlock` up to the first `useNextBlock`; `await`
  /// follows it and ends with the first `addYieldFrom`. The two change places.
  private static List<CodeElement> enterAfterAwait(List<CodeElement> code) {
    int enter = find(code, 0, 1, invokes("pushBlock"));
    enter =
        find(
            code, enter, -1, e -> e instanceof FieldInstruction f && f.name().equalsString("unit"));
    enter = find(code, enter, -1, e -> e instanceof LoadInstruction);
    int entered = find(code, enter, 1, invokes("useNextBlock")) + 1;
    int awaited = find(code, entered, 1, invokes("addYieldFrom")) + 1;
    List<CodeElement> result = new ArrayList<>(code.subList(0, enter));
    result.addAll(code.subList(entered, awaited));
    result.addAll(code.subList(enter, entered));
    result.addAll(code.subList(awaited, code.size()));
    return result;
  }

  private static Predicate<CodeElement> invokes(String method) {
    return e -> e instanceof InvokeInstruction call && call.name().equalsString(method);
  }

  private static int find(
      List<CodeElement> code, int from, int step, Predicate<CodeElement> wanted) {
    for (int i = from; i >= 0 && i < code.size(); i += step) {
      if (wanted.test(code.get(i))) {
        return i;
      }
    }
    throw new IllegalStateException("Compiler.visitAsyncWith has another shape: another GraalPy?");
  }
}
