package dev.javaloop.bridge.cli;

import dev.javaloop.bridge.embed.PythonSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.graalvm.polyglot.Engine;

/// Unpacks GraalPy's standard library: `UnpackHome DIRECTORY`. The build then compiles it to .pyc,
/// which the copy that GraalPy unpacks by itself lacks.
public final class UnpackHome {
  private UnpackHome() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    Path unpacked = Files.createTempDirectory(directory.toAbsolutePath().getParent(), "home");
    if (!Engine.copyResources(unpacked, "python")) {
      throw new IOException("GraalPy's jars hold no standard library");
    }
    Files.move(unpacked.resolve("python").resolve("python-home"), directory);
    PythonSources.delete(unpacked);
  }
}
