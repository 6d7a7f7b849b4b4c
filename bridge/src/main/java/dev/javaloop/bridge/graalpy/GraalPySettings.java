package dev.javaloop.bridge.graalpy;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a builder collected.
///
/// @param sources folders for the front of `sys.path`
/// @param options options of the engine
/// @param out Python's stdout, or null for the process's own
/// @param err Python's stderr, or null for the process's own
public record GraalPySettings(
    List<Path> sources,
    Map<String, String> options,
    @Nullable OutputStream out,
    @Nullable OutputStream err) {}
