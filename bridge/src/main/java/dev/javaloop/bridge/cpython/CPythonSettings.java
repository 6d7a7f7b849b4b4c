package dev.javaloop.bridge.cpython;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a builder collected.
///
/// @param python an interpreter or the folder of a virtual environment; null: `python3` on the path
/// @param sources folders for the front of `sys.path`
/// @param out Python's stdout, or null for the process's own
/// @param err Python's stderr, or null for the process's own
public record CPythonSettings(
    @Nullable Path python,
    List<Path> sources,
    @Nullable OutputStream out,
    @Nullable OutputStream err) {}
