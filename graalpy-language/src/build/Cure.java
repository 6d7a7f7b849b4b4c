import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// Unpacks GraalPy's `python-language` jar, cured: `java Cure.java IN.jar CLASSES`. Every class,
/// resource and service entry that is not named here is copied as it is. The jars that the language
/// depends on are on the class path: stack maps need their class hierarchies.
final class Cure {
  private static final String PACKAGE = "com/oracle/graal/python/";

  private static final ClassDesc COMPILER = python("compiler.Compiler");
  private static final MethodTypeDesc CLEAR = MethodTypeDesc.of(ConstantDescs.CD_void);

  private static final ClassDesc ROOT_NODE = python("nodes.bytecode.PBytecodeRootNode");
  private static final ClassDesc CODE_UNIT = python("compiler.BytecodeCodeUnit");
  private static final MethodTypeDesc PREDICATE = MethodTypeDesc.of(ConstantDescs.CD_boolean);

  private static final ClassDesc SLEEP_NODE =
      python("builtins.modules.TimeModuleBuiltins$SleepNode");
  private static final ClassDesc NODE = ClassDesc.of("com.oracle.truffle.api.nodes.Node");
  private static final MethodTypeDesc DO_SLEEP =
      MethodTypeDesc.of(
          ConstantDescs.CD_void, NODE, ConstantDescs.CD_double, ConstantDescs.CD_double);
  private static final MethodTypeDesc LAMBDA =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Double);
  private static final ClassDesc SYSTEM = ClassDesc.of("java.lang.System");
  private static final ClassDesc MATH = ClassDesc.of("java.lang.Math");
  private static final ClassDesc THREAD = ClassDesc.of("java.lang.Thread");
  private static final MethodTypeDesc NANO_TIME = MethodTypeDesc.ofDescriptor("()J");
  private static final MethodTypeDesc MIN = MethodTypeDesc.ofDescriptor("(DD)D");
  private static final MethodTypeDesc BOX = MethodTypeDesc.ofDescriptor("(D)Ljava/lang/Double;");
  private static final MethodTypeDesc UNBOX = MethodTypeDesc.ofDescriptor("()D");
  private static final MethodTypeDesc SLEEP = MethodTypeDesc.ofDescriptor("(JI)V");

  private static final ClassDesc TLS_CONTEXT = python("builtins.objects.ssl.PSSLContext");
  private static final ClassDesc SSL_CONTEXT = ClassDesc.of("javax.net.ssl.SSLContext");
  private static final ClassDesc SSL_PARAMETERS = ClassDesc.of("javax.net.ssl.SSLParameters");
  private static final MethodTypeDesc FOR_ANYBODY =
      MethodTypeDesc.ofDescriptor("()Ljavax/net/ssl/SSLEngine;");
  private static final MethodTypeDesc FOR_HOST =
      MethodTypeDesc.ofDescriptor("(Ljava/lang/String;I)Ljavax/net/ssl/SSLEngine;");
  private static final MethodTypeDesc SET_STRING =
      MethodTypeDesc.ofDescriptor("(Ljava/lang/String;)V");

  private static final ClassDesc ARGUMENTS = python("builtins.objects.function.PArguments");
  private static final ClassDesc TRACEBACK = python("builtins.objects.traceback.PTraceback");
  private static final ClassDesc PYTHON_FRAME = python("builtins.objects.frame.PFrame");
  private static final ClassDesc FRAME_INFO = PYTHON_FRAME.nested("Reference");
  private static final ClassDesc CODE = python("builtins.objects.code.PCode");
  private static final ClassDesc DICT = python("builtins.objects.dict.PDict");
  private static final ClassDesc OBJECT = python("builtins.objects.object.PythonObject");
  private static final ClassDesc LANGUAGE = python("PythonLanguage");
  private static final ClassDesc UTILS = python("util.PythonUtils");
  private static final ClassDesc FACTORY = python("runtime.object.PFactory");
  private static final ClassDesc DIRECTIVES =
      ClassDesc.of("com.oracle.truffle.api.CompilerDirectives");
  private static final ClassDesc FRAME = ClassDesc.of("com.oracle.truffle.api.frame.Frame");
  private static final ClassDesc TRUFFLE_ROOT =
      ClassDesc.of("com.oracle.truffle.api.nodes.RootNode");
  private static final ClassDesc CALL_TARGET =
      ClassDesc.of("com.oracle.truffle.api.RootCallTarget");
  private static final MethodTypeDesc INFO = MethodTypeDesc.of(FRAME_INFO);
  private static final MethodTypeDesc INFO_OF_FRAME = MethodTypeDesc.of(FRAME_INFO, FRAME);
  private static final MethodTypeDesc LANGUAGE_OF_NODE = MethodTypeDesc.of(LANGUAGE, NODE);
  private static final MethodTypeDesc ROOT = MethodTypeDesc.of(TRUFFLE_ROOT);
  private static final MethodTypeDesc TARGET_OF_ROOT = MethodTypeDesc.of(CALL_TARGET, TRUFFLE_ROOT);
  private static final MethodTypeDesc CREATE_CODE = MethodTypeDesc.of(CODE, LANGUAGE, CALL_TARGET);
  private static final MethodTypeDesc CREATE_DICT = MethodTypeDesc.of(DICT, LANGUAGE);
  private static final MethodTypeDesc CREATE_FRAME =
      MethodTypeDesc.of(
          PYTHON_FRAME, LANGUAGE, ConstantDescs.CD_Object, CODE, OBJECT, ConstantDescs.CD_Object);

  /// Says that the jar is cured; the bridge looks for it before it starts an engine.
  private static final String MARKER = "META-INF/javaloop/cured-async-with";

  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      throw new IllegalArgumentException("usage: Cure IN.jar CLASSES");
    }
    Path in = Path.of(args[0]);
    Path classes = Path.of(args[1]);
    Path marker = classes.resolve(MARKER);
    String madeFrom = in.getFileName() + " cured, recipe 9\n";
    if (Files.exists(marker) && Files.readString(marker).equals(madeFrom)) {
      return;
    }
    try (ZipFile jar = new ZipFile(in.toFile())) {
      for (ZipEntry entry : (Iterable<ZipEntry>) jar.stream().map(ZipEntry.class::cast)::iterator) {
        if (entry.isDirectory() || isSignature(entry.getName())) {
          continue;
        }
        try (var content = jar.getInputStream(entry)) {
          write(classes, entry.getName(), content.readAllBytes());
        }
      }
    }
    Cure cure = new Cure(classes);
    cure.file("compiler/Compiler.class", cure::asyncWith);
    cure.file("compiler/Compiler.class", cure::match);
    for (String statement : List.of("FunctionDef", "AsyncFunctionDef", "ClassDef", "TypeAlias")) {
      cure.file("pegparser/sst/StmtTy$" + statement + ".class", cure::typeParameters);
    }
    cure.file("nodes/bytecode/PBytecodeRootNode.class", cure::generatorLocals);
    cure.file("builtins/modules/TimeModuleBuiltins$SleepNode.class", cure::sleep);
    cure.file("builtins/objects/ssl/SSLContextBuiltins.class", cure::addresses);
    cure.file("builtins/objects/traceback/LazyTraceback.class", cure::enteredFrames);
    cure.file(
        "builtins/objects/traceback/TracebackBuiltins$GetTracebackFrameNode.class",
        cure::framesOfThreads);
    write(classes, MARKER, madeFrom.getBytes(StandardCharsets.UTF_8));
  }

  private final Path classes;
  private final ClassFile classFile;

  private Cure(Path classes) {
    this.classes = classes;
    ClassHierarchyResolver unpacked = ClassHierarchyResolver.ofResourceParsing(this::read);
    classFile =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                unpacked.orElse(ClassHierarchyResolver.defaultResolver())));
  }

  private InputStream read(ClassDesc type) {
    String name = type.descriptorString(); // Lpackage/Name;
    Path file = classes.resolve(name.substring(1, name.length() - 1) + ".class");
    try {
      return Files.exists(file) ? Files.newInputStream(file) : null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void file(String name, UnaryOperator<byte[]> change) throws IOException {
    Path file = classes.resolve(PACKAGE + name);
    if (!Files.exists(file)) {
      throw new IOException("no " + PACKAGE + name + ": another GraalPy?");
    }
    Files.write(file, change.apply(Files.readAllBytes(file)));
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

  /// GraalPy 25.0.3 compiles `async with` so that the protected block is entered before
  /// `__aenter__` has been awaited, and `__aexit__` then runs although `__aenter__` raised or was
  /// cancelled. The instructions that enter the block move behind the await, in the one method that
  /// compiles the statement.
  private byte[] asyncWith(byte[] compiler) {
    return change(
        compiler,
        "visitAsyncWith",
        (code, to) -> enterAfterAwait(code.elementList()).forEach(to::with));
  }

  /// GraalPy 25.0.3 follows a statement's values on a stack of its compiler, without its jumps. Of
  /// `a if c else b` one value too many stays there, and the next case of a `match` takes it for
  /// the subject: instructions are made to agree on a type that have nothing to do with each other,
  /// and the engine ends with a FrameSlotTypeException. The stack is emptied between the cases.
  private byte[] match(byte[] compiler) {
    return change(
        compiler,
        "visit",
        MethodTypeDesc.of(ConstantDescs.CD_Void, statement("Match")),
        (code, to) ->
            replace(
                code,
                to,
                invokes("emitAndResetFailPop"),
                nextCase -> {
                  to.with(nextCase).aload(0);
                  to.getfield(COMPILER, "quickeningStack", ConstantDescs.CD_List);
                  to.invokeinterface(ConstantDescs.CD_List, "clear", CLEAR);
                }));
  }

  /// A definition that GraalPy 25.0.3 compiles from a tree of `ast` has an empty array of type
  /// parameters where the parser's has none, and is then given a scope for them: names in its
  /// annotations are looked for in the wrong one, where a generator or coroutine has nothing
  /// ("'NoneType' object is not subscriptable"). pytest compiles each test module in this way.
  private byte[] typeParameters(byte[] definition) {
    return change(
        definition,
        ConstantDescs.INIT_NAME,
        (code, to) ->
            replace(
                code,
                to,
                e -> e instanceof FieldInstruction f && f.name().equalsString("typeParams"),
                put -> {
                  Label as = to.newLabel();
                  to.dup().ifnull(as).dup().arraylength().ifne(as).pop().aconst_null();
                  to.labelBinding(as).with(put);
                }));
  }

  private static ClassDesc python(String name) {
    return ClassDesc.of("com.oracle.graal.python." + name);
  }

  private static ClassDesc statement(String name) {
    return python("pegparser.sst.StmtTy$" + name);
  }

  /// Compiled code of GraalPy 25.0.3 keeps numbers and booleans unboxed in locals. In a generator
  /// or coroutine it stores them in the generator's frame and looks for them in the other one: code
  /// that reads such a local or argument as an object always deoptimizes, and after some tries
  /// stays interpreted (`asyncio.sleep(0)` does). GraalPy 25.1 does not unbox there, nor does this.
  private byte[] generatorLocals(byte[] rootNode) {
    byte[] half = change(rootNode, "copyArgs", (code, to) -> butNotInGenerators(code, to, 2));
    return change(half, "bytecodeLoop", (code, to) -> butNotInGenerators(code, to, 1));
  }

  /// Turns the first calls of `inCompiledCode()` into `inCompiledCode() & !isGenerator…()`.
  private static void butNotInGenerators(CodeModel code, CodeBuilder to, int calls) {
    Predicate<CodeElement> inCompiledCode = invokes("inCompiledCode");
    int changed = 0;
    for (CodeElement element : code) {
      to.with(element);
      if (changed < calls && inCompiledCode.test(element)) {
        changed++;
        to.aload(0).getfield(ROOT_NODE, "co", CODE_UNIT);
        to.invokevirtual(CODE_UNIT, "isGeneratorOrCoroutine", PREDICATE);
        to.iconst_1().ixor().iand();
      }
    }
    if (changed < calls) {
      throw new IllegalStateException("PBytecodeRootNode has another shape: another GraalPy?");
    }
  }

  /// `time.sleep(1)` of GraalPy 25.0.3 cuts the clock to whole seconds and sleeps on to the next
  /// but one, `time.sleep(0)` to the next. `time.sleep(1.0)` is right, but once interrupted it
  /// spins, and nothing ends it. The one now calls the other, and that waits for a point in time:
  /// what interrupts it is dealt with by Truffle, which then calls its lambda again.
  private byte[] sleep(byte[] sleepNode) {
    byte[] whole =
        change(
            sleepNode,
            "sleep",
            sleep(ConstantDescs.CD_long),
            (code, to) -> {
              to.aload(0).aload(1).lload(2).l2d().aload(4);
              to.invokevirtual(SLEEP_NODE, "sleep", sleep(ConstantDescs.CD_double)).areturn();
            });
    byte[] deadline = change(whole, "doSleep", DO_SLEEP, Cure::sleepUntil);
    return change(deadline, "lambda$doSleep$1", LAMBDA, Cure::sleepOnce);
  }

  /// `setBlockedThreadInterruptible(node, lambda, nanoTime() + min(seconds, 1e9) * 1e9)`.
  private static void sleepUntil(CodeModel code, CodeBuilder to) {
    to.aload(0);
    code.elementList().stream().filter(InvokeDynamicInstruction.class::isInstance).forEach(to);
    to.invokestatic(SYSTEM, "nanoTime", NANO_TIME).l2d();
    to.dload(1).ldc(1e9).invokestatic(MATH, "min", MIN).ldc(1e9).dmul().dadd();
    to.invokestatic(ConstantDescs.CD_Double, "valueOf", BOX);
    code.elementList().stream().filter(invokes("setBlockedThreadInterruptible")).forEach(to);
    to.return_();
  }

  /// `long left = (long) (until - nanoTime()); if (left > 0) Thread.sleep(ms, ns);`.
  private static void sleepOnce(CodeModel code, CodeBuilder to) {
    Label end = to.newLabel();
    to.aload(0).invokevirtual(ConstantDescs.CD_Double, "doubleValue", UNBOX);
    to.invokestatic(SYSTEM, "nanoTime", NANO_TIME).l2d().dsub().d2l().lstore(1);
    to.lload(1).lconst_0().lcmp().ifle(end);
    to.lload(1).ldc(1_000_000L).ldiv().lload(1).ldc(1_000_000L).lrem().l2i();
    to.invokestatic(THREAD, "sleep", SLEEP);
    to.labelBinding(end).return_();
  }

  /// A TLS client of GraalPy 25.0.3 that connects to an address instead of a name takes whatever
  /// certificate a trusted authority made for anybody. The engine of JSSE compares addresses too,
  /// where it is asked to and told which.
  private byte[] addresses(byte[] contextBuiltins) {
    Predicate<CodeElement> create = invokes("createSSLEngine");
    return change(
        contextBuiltins,
        "createSSLEngine",
        (code, to) ->
            replace(
                code,
                to,
                e -> create.test(e) && ((InvokeInstruction) e).typeSymbol().equals(FOR_ANYBODY),
                forAnybody -> {
                  Label plain = to.newLabel();
                  Label end = to.newLabel();
                  to.aload(3).ifnull(plain); // the host
                  to.aload(1).invokevirtual(TLS_CONTEXT, "getCheckHostname", PREDICATE);
                  to.ifeq(plain);
                  to.aload(4).ldc("HTTPS");
                  to.invokevirtual(
                      SSL_PARAMETERS, "setEndpointIdentificationAlgorithm", SET_STRING);
                  to.aload(3).iconst_m1();
                  to.invokevirtual(SSL_CONTEXT, "createSSLEngine", FOR_HOST);
                  to.goto_(end).labelBinding(plain).with(forAnybody).labelBinding(end);
                }));
  }

  /// To walk a traceback ends GraalPy 25.0.3 if what it came through is a function that has not
  /// begun: a signal's handler may raise just there. Such a frame has no number of its own among
  /// the traceback's, and is left out.
  private byte[] enteredFrames(byte[] lazyTraceback) {
    return change(
        lazyTraceback,
        "elementWantedForTraceback",
        (code, to) ->
            replace(
                code,
                to,
                invokes("includeInTraceback"),
                isIncluded -> {
                  Label end = to.newLabel();
                  to.with(isIncluded).dup().ifeq(end);
                  to.aload(1).invokestatic(ARGUMENTS, "getCurrentFrameInfo", INFO_OF_FRAME);
                  to.ifnonnull(end).pop().iconst_0().labelBinding(end);
                }));
  }

  /// A traceback's first frame is the one that caught, which GraalPy 25.0.3 looks for on the stack
  /// of who asks. As long as that frame runs in another thread it is not there, and the engine ends
  /// over the null. It gets a frame with that one's code, which knows no variables.
  private byte[] framesOfThreads(byte[] getFrame) {
    return change(getFrame, "doOnStack", Cure::standIn);
  }

  /// Before what asserts that the frame was found.
  private static void standIn(CodeModel code, CodeBuilder to) {
    List<CodeElement> all = code.elementList();
    Predicate<CodeElement> asserts =
        e -> e instanceof FieldInstruction f && f.name().equalsString("$assertionsDisabled");
    int set = find(all, 0, 1, invokes("setFrame"));
    int found = find(all, set, -1, asserts);
    LoadInstruction load =
        (LoadInstruction) all.get(find(all, set, -1, e -> e instanceof LoadInstruction));
    int frame = load.slot();
    int language = to.allocateLocal(TypeKind.REFERENCE);
    Label there = to.newLabel();
    all.subList(0, found).forEach(to);
    to.aload(frame).ifnonnull(there);
    to.invokestatic(DIRECTIVES, "transferToInterpreter", CLEAR);
    to.aload(2).invokestatic(LANGUAGE, "get", LANGUAGE_OF_NODE).astore(language);
    to.aload(language).aconst_null().aload(language);
    to.aload(1).invokevirtual(TRACEBACK, "getFrameInfo", INFO);
    to.invokevirtual(FRAME_INFO, "getRootNode", ROOT);
    to.invokestatic(UTILS, "getOrCreateCallTarget", TARGET_OF_ROOT);
    to.invokestatic(FACTORY, "createCode", CREATE_CODE);
    to.aload(language).invokestatic(FACTORY, "createDict", CREATE_DICT);
    to.aload(language).invokestatic(FACTORY, "createDict", CREATE_DICT);
    to.invokestatic(FACTORY, "createPFrame", CREATE_FRAME).astore(frame);
    to.labelBinding(there);
    all.subList(found, all.size()).forEach(to);
  }

  private static MethodTypeDesc sleep(ClassDesc seconds) {
    return MethodTypeDesc.of(
        ConstantDescs.CD_Object,
        python("builtins.objects.module.PythonModule"),
        seconds,
        python("runtime.GilNode"));
  }

  private byte[] change(byte[] bytes, String name, BiConsumer<CodeModel, CodeBuilder> transform) {
    return change(bytes, name, null, transform);
  }

  /// Gives a method other code.
  ///
  /// @param type null: there is only one of that name
  private byte[] change(
      byte[] bytes,
      String name,
      MethodTypeDesc type,
      BiConsumer<CodeModel, CodeBuilder> transform) {
    boolean[] changed = {false};
    byte[] result =
        classFile.transformClass(
            classFile.parse(bytes),
            ClassTransform.transformingMethods(
                method ->
                    method.methodName().equalsString(name)
                        && (type == null || method.methodTypeSymbol().equals(type)),
                (builder, element) -> {
                  if (element instanceof CodeModel code) {
                    changed[0] = true;
                    builder.withCode(to -> transform.accept(code, to));
                  } else {
                    builder.with(element);
                  }
                }));
    if (!changed[0]) {
      throw new IllegalStateException("no method " + name + " to cure: another GraalPy?");
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

  /// Writes the code with something in place of each wanted element, of which there must be one.
  private static void replace(
      CodeModel code, CodeBuilder to, Predicate<CodeElement> wanted, Consumer<CodeElement> write) {
    boolean found = false;
    for (CodeElement element : code) {
      if (wanted.test(element)) {
        found = true;
        write.accept(element);
      } else {
        to.with(element);
      }
    }
    if (!found) {
      throw new IllegalStateException("a method to cure has another shape: another GraalPy?");
    }
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
    throw new IllegalStateException("a method to cure has another shape: another GraalPy?");
  }
}
