package dev.javaloop.bridge.graalpy;

import dev.javaloop.loop.EventLoop;
import java.math.BigInteger;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyArray;
import org.jspecify.annotations.Nullable;

/// Python's side of a runtime: its loop, and the functions of `javaloop._embed.Functions`.
///
/// [#loop] is for any thread, the rest for the loop's.
///
/// @param none Python's `None`: a Java null is one to `is`, but not to `type()`
record Guest(EventLoop loop, Value functions, Value none) {
  static Guest of(EventLoop loop, Value functions) {
    return new Guest(loop, functions, functions.getMember("none"));
  }

  void invoke(String function, @Nullable Object... arguments) {
    functions.getMember(function).executeVoid(arguments);
  }

  private Value make(String function, Object argument) {
    return functions.getMember(function).execute(argument);
  }

  Value integer(BigInteger value) {
    return make("to_int", value.toString(16));
  }

  Value bytes(byte[] value) {
    return make("to_bytes", new HostBytes(value));
  }

  Value list(ProxyArray items) {
    return make("to_list", items);
  }

  /// @param items keys and values in turn
  Value dict(ProxyArray items) {
    return make("to_dict", items);
  }

  Value awaitable(HostFuture future) {
    return make("awaitable", future);
  }
}
