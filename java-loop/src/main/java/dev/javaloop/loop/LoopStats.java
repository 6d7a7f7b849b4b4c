package dev.javaloop.loop;

/// What a loop has done so far. The numbers are read one after the other while the loop runs: each
/// is right for some moment, together they may be a pass apart.
///
/// @param passes passes begun
/// @param polls polls, one for each pass that came so far
/// @param blockingPolls those of them that were allowed to wait
/// @param timersScheduled timers scheduled
/// @param timersFired timers that expired
/// @param timersCancelled timers cancelled in time
/// @param posts posts that ran
/// @param wakeups waits for which another thread had to wake the loop, a system call each
/// @param descriptorEvents calls of descriptor handlers
/// @param longestPassNanos the longest pass, without its wait
public record LoopStats(
    long passes,
    long polls,
    long blockingPolls,
    long timersScheduled,
    long timersFired,
    long timersCancelled,
    long posts,
    long wakeups,
    long descriptorEvents,
    long longestPassNanos) {}
