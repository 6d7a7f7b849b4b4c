/// Replays the Python examples of Markdown notes on a reference CPython and on the bridge, and
/// compares what they do.
///
/// The data flows one way: notes -> fences -> examples -> runs -> comparison -> verdicts ->
/// reports. Both sides run as processes, so that nothing here depends on the bridge's types.
@NullMarked
package dev.javaloop.conformance;

import org.jspecify.annotations.NullMarked;
