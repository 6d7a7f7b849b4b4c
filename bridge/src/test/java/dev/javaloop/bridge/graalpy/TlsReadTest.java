package dev.javaloop.bridge.graalpy;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import javax.management.JMException;
import javax.management.ObjectName;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A read over TLS takes the memory of what it gives, however much it is ready to take.
class TlsReadTest {
  private static final int LENGTH = 1 << 26;

  private Context context;
  private Value read;

  @BeforeEach
  void open() {
    context = GraalPyContext.builder(Map.of(), List.of("")).build();
    GraalPyContext.prepare(context);
    read =
        context.eval(
            "python",
            """
            import ssl
            from javaloop import _tls

            _tls.install()
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).wrap_bio(
                ssl.MemoryBIO(), ssl.MemoryBIO(), server_side=True
            )

            def read(layer, length):
                try:
                    layer.read(length)
                except ssl.SSLWantReadError:
                    return
                raise AssertionError("there is nothing to read")

            read(tls, 1)
            lambda of_engine, length: read(tls._sslobj if of_engine else tls, length)
            """);
  }

  @AfterEach
  void close() {
    context.close();
  }

  @Test
  void theEngineTakesAsMuchAsIsAskedFor() throws JMException {
    assertTrue(
        allocated(true) >= LENGTH,
        "the engine takes less: _tls's ways to read are no longer needed, take them away");
  }

  @Test
  void ourWayToReadTakesLess() throws JMException {
    assertTrue(allocated(false) < LENGTH);
  }

  private long allocated(boolean ofEngine) throws JMException {
    long before = allocated();
    read.executeVoid(ofEngine, LENGTH);
    return allocated() - before;
  }

  /// Bytes, by this thread until now.
  private static long allocated() throws JMException {
    return (long)
        ManagementFactory.getPlatformMBeanServer()
            .getAttribute(
                new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME),
                "CurrentThreadAllocatedBytes");
  }
}
