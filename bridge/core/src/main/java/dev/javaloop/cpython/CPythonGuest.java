package dev.javaloop.cpython;

import dev.javaloop.cpython.Builtins.Convention;
import dev.javaloop.spi.Guest;
import dev.javaloop.spi.GuestLoop;
import dev.javaloop.spi.HostMethod;
import dev.javaloop.spi.HostType;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Reference;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// CPython by its C API. Its thread is one of Python's that holds the GIL.
final class CPythonGuest implements Guest<PyRef> {
  private static final MethodHandle INVOKE;

  static {
    try {
      INVOKE =
          MethodHandles.lookup()
              .findVirtual(
                  CPythonGuest.class,
                  "invoke",
                  MethodType.methodType(
                      long.class, HostMethod.class, long.class, long.class, long.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private Function<CompletionStage<?>, PyRef> awaitable =
      _ -> {
        throw new IllegalArgumentException("a stage can be awaited only in a runtime's loop");
      };

  CPythonGuest() {}

  @Override
  public void awaitBy(Function<CompletionStage<?>, PyRef> newAwaitable) {
    awaitable = newAwaitable;
  }

  /// Has what Python raises thrown.
  private static long thrown(LongSupplier call) {
    try {
      return call.getAsLong();
    } catch (Failures.PythonRaised _) {
      throw Failures.failure();
    }
  }

  long newObject(@Nullable Object value) {
    try {
      return Values.toPython(value, awaitable);
    } catch (Failures.PythonRaised _) {
      throw new IllegalArgumentException(Failures.failure().getMessage());
    }
  }

  /// A tuple of the arguments, owned.
  long newTuple(@Nullable Object... arguments) {
    long tuple = PyObjects.checked(CApi.newTuple(arguments.length));
    boolean whole = false;
    try {
      for (int i = 0; i < arguments.length; i++) {
        CApi.setTupleItem(tuple, i, newObject(arguments[i]));
      }
      whole = true;
      return tuple;
    } finally {
      if (!whole) {
        References.drop(tuple);
      }
    }
  }

  @Override
  public PyRef find(String module, String name) {
    return new PyRef(
        thrown(
            () -> {
              long found = PyObjects.importModule(module);
              try {
                return PyObjects.checked(CApi.getAttribute(found, Names.of(name)));
              } finally {
                References.drop(found);
              }
            }));
  }

  @Override
  public PyRef attribute(PyRef object, String name) {
    return new PyRef(
        thrown(() -> PyObjects.checked(CApi.getAttribute(object.address(), Names.of(name)))));
  }

  @Override
  public PyRef call(PyRef callable, @Nullable Object... arguments) {
    long tuple = newTuple(arguments);
    try {
      return new PyRef(thrown(() -> PyObjects.checked(CApi.call(callable.address(), tuple, 0))));
    } finally {
      References.drop(tuple);
      Reference.reachabilityFence(callable);
    }
  }

  @Override
  public @Nullable Object toJava(PyRef value) {
    return Values.toJava(value.address());
  }

  @Override
  public <T> HostType<T> type(
      String name, Class<T> kind, Map<String, HostMethod<T, PyRef>> methods) {
    long type = JavaObjects.newType(name);
    methods.forEach(
        (method, body) ->
            Builtins.addMethod(
                type,
                method + "($self, /, *args)",
                Convention.POSITIONAL,
                MethodHandles.insertArguments(INVOKE, 0, this, body)));
    return object -> new Values.Wrapped(type, object);
  }

  /// A call of a host method. What it throws becomes a Python exception where the stub ends.
  <T> long invoke(HostMethod<T, PyRef> method, long self, long array, long count) {
    @SuppressWarnings("unchecked") // the method is one of the class that only such objects have
    T object = (T) JavaObjects.of(self);
    Object result;
    try {
      result = method.call(object, new CallArguments(array, count));
    } catch (RuntimeException e) {
      return HostFailures.raise(e, this);
    }
    return newObject(result);
  }

  /// @param array of borrowed objects
  private record CallArguments(long array, long size) implements HostMethod.Arguments<PyRef> {
    @Override
    public int count() {
      return (int) size;
    }

    private long at(int index) {
      if (index >= size) {
        throw new IllegalArgumentException("argument %d is missing".formatted(index + 1));
      }
      return Memory.word(array + 8L * index);
    }

    @Override
    public PyRef reference(int index) {
      long object = at(index);
      References.add(object);
      return new PyRef(object);
    }

    @Override
    public @Nullable Object value(int index) {
      return Values.toJava(at(index));
    }

    @Override
    public String text(int index) {
      return (String) java.util.Objects.requireNonNull(value(index));
    }

    @Override
    public String typeName(int index) {
      long object = at(index);
      return JavaObjects.isType(PyObjects.typeOf(object))
          ? JavaObjects.of(object).getClass().getTypeName()
          : PyObjects.typeName(object);
    }
  }

  @Override
  public GuestLoop<PyRef> loop(PyRef loop) {
    CPythonLoop found = new CPythonLoop(this, loop, LoopFields.state(loop.address()));
    LostReferences.postBy(found::post);
    return found;
  }

  @Override
  public void leave(Runnable code) {
    long thread = CApi.saveThread();
    try {
      code.run();
    } finally {
      CApi.restoreThread(thread);
    }
  }

  @Override
  public void release(PyRef reference) {
    reference.release();
  }
}
