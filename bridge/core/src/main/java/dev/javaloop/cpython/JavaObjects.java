package dev.javaloop.cpython;

import dev.javaloop.cpython.Builtins.Convention;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Java objects that Python has, as instances of `javaloop.JavaObject` or of classes derived from
/// it. Such an instance tells a number in its slot, under which the object is kept here until
/// Python's end of the instance. Guarded by the GIL.
final class JavaObjects {
  /// The class of those that Python can only hand back.
  static final long TYPE;

  private static final long NUMBER;
  private static final Set<Long> TYPES = new HashSet<>();

  private static @Nullable Object[] objects = new @Nullable Object[64];
  private static int[] free = new int[64];
  private static int freeCount;
  private static int used;

  static {
    long module = PyObjects.importModule("javaloop._engines.cpython.values");
    TYPE = Names.attribute(module, "JavaObject");
    References.drop(module);
    NUMBER = Layout.slots(TYPE, "_number")[0];
    TYPES.add(TYPE);
    new Builtins(MethodHandles.lookup())
        .addMethod(TYPE, "__del__($self, /)", Convention.NONE, "end");
  }

  private JavaObjects() {}

  /// Makes a class that is derived from `JavaObject`, owned.
  static long newType(String name) {
    long text = Texts.newText(name);
    long bases = PyObjects.tuple(TYPE);
    long dict = CApi.newDict();
    try {
      PyObjects.checked(CApi.setDictItem(dict, Names.of("__slots__"), PyObjects.EMPTY_TUPLE));
      PyObjects.checked(CApi.setDictItem(dict, Names.of("__module__"), Names.of("javaloop")));
      long type = PyObjects.call(Symbols.require("PyType_Type"), text, bases, dict);
      TYPES.add(type);
      return type;
    } finally {
      References.drop(text);
      References.drop(bases);
      References.drop(dict);
    }
  }

  /// Whether instances of a class are Java objects.
  static boolean isType(long type) {
    return TYPES.contains(type);
  }

  /// An instance for a Java object, owned.
  ///
  /// @param type [#TYPE], or one that [#newType] has made
  static long newInstance(long type, Object object) {
    long instance = PyObjects.checked(CApi.allocate(type, 0));
    Memory.setWord(instance + NUMBER, CApi.newInt(keep(object)));
    return instance;
  }

  private static int keep(Object object) {
    int number;
    if (freeCount > 0) {
      number = free[--freeCount];
    } else {
      number = used++;
      if (number == objects.length) {
        objects = Arrays.copyOf(objects, 2 * number);
      }
    }
    objects[number] = object;
    return number;
  }

  /// The Java object of an instance.
  ///
  /// @throws IllegalStateException where it has none: Python made it, or ended it and has it still
  static Object of(long instance) {
    long number = Memory.word(instance + NUMBER);
    Object object = number == 0 ? null : objects[(int) CApi.intValue(number)];
    if (object == null) {
      throw new IllegalStateException("there is no Java object behind it");
    }
    return object;
  }

  static long end(long instance, long unused) {
    long number = Memory.word(instance + NUMBER);
    if (number != 0) {
      Memory.setWord(instance + NUMBER, 0);
      int at = (int) CApi.intValue(number);
      References.drop(number);
      objects[at] = null;
      if (freeCount == free.length) {
        free = Arrays.copyOf(free, 2 * freeCount);
      }
      free[freeCount++] = at;
    }
    return PyObjects.none();
  }
}
