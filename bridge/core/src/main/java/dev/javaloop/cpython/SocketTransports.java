package dev.javaloop.cpython;

import dev.javaloop.cpython.Builtins.Convention;
import dev.javaloop.loop.NativeSocketCalls;
import java.lang.invoke.MethodHandles;

/// The hot methods of Python's class `SocketTransport`: receiving for a protocol, and sending.
///
/// Whatever is not plain receiving and sending is left to the plain ways, the attributes of an
/// object that `transports.py` hands over: `read_ready`, `write` and what is called after a
/// failure. Guarded by the GIL.
final class SocketTransports {
  /// The most that asyncio receives at once.
  private static final long CAPACITY = 256 * 1024;

  private static final NativeSocketCalls CALLS = new NativeSocketCalls();

  // A call copies what it is given before it runs anything.
  private static final long SCRATCH = Memory.allocate(4 * 8L);

  private static final long DATA_RECEIVED = Names.of("data_received");
  private static final long GET_BUFFER = Names.of("get_buffer");
  private static final long BUFFER_UPDATED = Names.of("buffer_updated");
  private static final long MINUS_ONE = CApi.newInt(-1);

  /// More than a `Py_buffer` has in any version, in bytes.
  private static final long SIZE_OF_VIEW = 256;

  private static final long NO_ROOM = Long.MIN_VALUE;

  /// A `Py_buffer` that nobody uses now, or 0.
  private static long freeView;

  /// CPython has one object for it, as it is small.
  private static final long ZERO = CApi.newInt(0);

  private static final Builtins BUILTINS = new Builtins(MethodHandles.lookup());

  /// The `PyMethodDef` of `_read_ready`; 0 as long as there are no such transports.
  private static long readReady;

  private static long probe;
  private static long socketProbe;
  private static long plain;

  private SocketTransports() {}

  /// Where bytes arrive.
  private static final class Inbox {
    static final long MEMORY = Memory.allocateBuffer(CAPACITY);
  }

  private static final class Offsets {
    static final long DESCRIPTOR;
    static final long SOCKET;
    static final long PROTOCOL;
    static final long TAKES_DATA;
    static final long MAX_SIZE;
    static final long BUFFER;
    static final long CONNECTION_LOST;
    static final long END_WRITTEN;
    static final long EMPTY_WAITER;

    /// Of `_closed` in a Python socket.
    static final long SOCKET_CLOSED = Layout.slot(socketProbe, "_closed");

    static {
      long[] slots =
          Layout.slots(
              probe,
              "_sock_fd",
              "_kept_sock",
              "_protocol",
              "_takes_data",
              "max_size",
              "_buffer",
              "_conn_lost",
              "_eof",
              "_empty_waiter");
      DESCRIPTOR = slots[0];
      SOCKET = slots[1];
      PROTOCOL = slots[2];
      TAKES_DATA = slots[3];
      MAX_SIZE = slots[4];
      BUFFER = slots[5];
      CONNECTION_LOST = slots[6];
      END_WRITTEN = slots[7];
      EMPTY_WAITER = slots[8];
    }
  }

  /// Gives the class its methods.
  ///
  /// @param type the class `SocketTransport`
  /// @param probeType a class of the same layout, whose instances do nothing at their end
  /// @param closedSocket a socket of Python's class that is closed
  /// @param plainWays an object with the plain ways as attributes
  static void install(long type, long probeType, long closedSocket, long plainWays) {
    probe = probeType;
    socketProbe = closedSocket;
    References.add(plainWays);
    plain = plainWays;
    Boot.initialize(MethodHandles.lookup(), Offsets.class, Inbox.class);
    readReady = BUILTINS.definition("_read_ready($self, /)", Convention.NONE, "readReady");
    Builtins.addMethod(type, "_read_ready", readReady);
    BUILTINS.addMethod(type, "write($self, /, data)", Convention.NAMED, "write");
  }

  // --- receiving

  /// Whether a callback is the method `_read_ready` of one of these transports.
  static boolean isReadReady(long callback) {
    return BoundMethods.is(callback, readReady);
  }

  /// Calls such a callback. Owned, or 0 and an exception is set.
  static long callReadReady(long callback) {
    try {
      return readReady(BoundMethods.self(callback), 0);
    } catch (Throwable e) {
      return Failures.set(e);
    }
  }

  static long readReady(long self, long unused) {
    long takesData = Memory.word(self + Offsets.TAKES_DATA);
    if (takesData == 0
        || Memory.word(self + Offsets.CONNECTION_LOST) != ZERO
        || isSocketClosed(self)) {
      return PyObjects.callMethod(plain, "read_ready", self);
    }
    long protocol = Memory.word(self + Offsets.PROTOCOL);
    References.add(protocol);
    References.add(self); // the protocol may have been what kept it
    try {
      return takesData == PyObjects.TRUE
          ? receive(self, protocol)
          : receiveIntoBuffer(self, protocol);
    } finally {
      References.drop(protocol);
      References.drop(self);
    }
  }

  private static long receive(long self, long protocol) {
    long most = Math.min(CApi.intValue(Memory.word(self + Offsets.MAX_SIZE)), CAPACITY);
    long count = CALLS.receive(descriptor(self), Inbox.MEMORY, Math.max(most, 1));
    if (count <= 0) {
      return nothingReceived(self, (int) count);
    }
    long data = PyObjects.checked(CApi.newBytes(Inbox.MEMORY, count));
    long result = callProtocol(DATA_RECEIVED, protocol, data);
    References.drop(data);
    return result != 0 ? result : failed("data_received_failed", self);
  }

  /// Receives into the memory that a `BufferedProtocol` gives for it.
  private static long receiveIntoBuffer(long self, long protocol) {
    long buffer = callProtocol(GET_BUFFER, protocol, MINUS_ONE);
    if (buffer == 0) {
      return failed("get_buffer_failed", self);
    }
    // Of this call only: another thread may come here while Python code runs.
    long view = freeView;
    freeView = 0;
    if (view == 0) {
      view = Memory.allocate(SIZE_OF_VIEW);
    }
    long count;
    try {
      if (CApi.getBuffer(buffer, view, CApi.WRITABLE) < 0) {
        return failed("no_buffer", self);
      }
      long length = Memory.word(view + 16);
      count = length == 0 ? NO_ROOM : CALLS.receive(descriptor(self), Memory.word(view), length);
      CApi.releaseBuffer(view);
    } finally {
      References.drop(buffer);
      freeView = view;
    }
    if (count == NO_ROOM) {
      return PyObjects.callMethod(plain, "empty_buffer", self);
    }
    if (count <= 0) {
      return nothingReceived(self, (int) count);
    }
    long number = CApi.newInt(count);
    long result = callProtocol(BUFFER_UPDATED, protocol, number);
    References.drop(number);
    return result != 0 ? result : failed("buffer_updated_failed", self);
  }

  private static long callProtocol(long method, long protocol, long argument) {
    Memory.setWord(SCRATCH, protocol);
    Memory.setWord(SCRATCH + 8, argument);
    return CApi.callMethod(method, SCRATCH, 2, 0);
  }

  private static long nothingReceived(long self, int result) {
    if (result == 0) {
      return PyObjects.callMethod(plain, "end_of_file", self);
    }
    return NativeSocketCalls.isLater(result)
        ? PyObjects.none()
        : failed("read_failed", self, result);
  }

  /// Reports what was raised, unless it is what ends programs.
  private static long failed(String how, long self) {
    if (Failures.isEnding()) {
      return 0;
    }
    long error = Failures.take();
    try {
      return PyObjects.callMethod(plain, how, self, error);
    } finally {
      References.drop(error);
    }
  }

  // --- sending

  static long write(long self, long arguments, long count, long names) {
    if (count + (names == 0 ? 0 : CApi.tupleLength(names)) != 1) {
      return Failures.typeError("write() takes exactly one argument");
    }
    if (names != 0 && !Texts.of(CApi.tupleItem(names, 0)).equals("data")) {
      return Failures.typeError(
          "write() got an unexpected keyword argument '"
              + Texts.of(CApi.tupleItem(names, 0))
              + "'");
    }
    long data = Memory.word(arguments);
    long length;
    if (PyObjects.typeOf(data) != PyObjects.BYTES_TYPE
        || (length = Memory.word(data + Layout.BYTES_LENGTH)) == 0
        || !canSend(self)) {
      return PyObjects.callMethod(plain, "write", self, data);
    }
    long sent = CALLS.send(descriptor(self), data + Layout.BYTES_CONTENTS, length);
    if (sent == length) {
      return PyObjects.none();
    }
    if (sent < 0 && !NativeSocketCalls.isLater(sent)) {
      return failed("write_failed", self, (int) sent);
    }
    long from = CApi.newInt(Math.max(sent, 0));
    try {
      return PyObjects.callMethod(plain, "write_rest", self, data, from);
    } finally {
      References.drop(from);
    }
  }

  /// Whether nothing waits to be sent, and bytes can go to the socket at once.
  private static boolean canSend(long self) {
    long buffer = Memory.word(self + Offsets.BUFFER);
    return buffer != 0
        && CApi.isTrue(buffer) == 0
        && Memory.word(self + Offsets.END_WRITTEN) == PyObjects.FALSE
        && Memory.word(self + Offsets.CONNECTION_LOST) == ZERO
        && Memory.word(self + Offsets.EMPTY_WAITER) == PyObjects.NONE
        && !isSocketClosed(self);
  }

  // --- both

  /// Whether somebody has closed or detached the Python socket; true also without one.
  private static boolean isSocketClosed(long self) {
    long socket = Memory.word(self + Offsets.SOCKET);
    return socket == 0 || Memory.word(socket + Offsets.SOCKET_CLOSED) != PyObjects.FALSE;
  }

  private static int descriptor(long self) {
    return (int) CApi.intValue(Memory.word(self + Offsets.DESCRIPTOR));
  }

  private static long failed(String how, long self, int result) {
    long number = CApi.newInt(result);
    try {
      return PyObjects.callMethod(plain, how, self, number);
    } finally {
      References.drop(number);
    }
  }
}
