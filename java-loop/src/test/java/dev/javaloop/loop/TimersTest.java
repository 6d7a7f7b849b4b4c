package dev.javaloop.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The heap against a sorted list, and the corners by name. */
final class TimersTest {
  private record Entry(long deadline, int order, long id) {}

  private final Timers timers = new Timers();
  private final List<Long> fired = new ArrayList<>();

  private void expire(long now) {
    timers.expire(now, (task, id) -> task.expired(id));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void behavesAsASortedList(long seed) {
    Random random = new Random(seed);
    int span = seed % 2 == 0 ? 20 : 1_000_000; // Few deadlines make many equal ones.
    List<Entry> model = new ArrayList<>();
    Set<Long> ids = new HashSet<>();
    long now = 0;
    for (int step = 0; step < 30_000; step++) {
      int choice = random.nextInt(10);
      if (choice < 6) {
        long deadline =
            random.nextInt(50) == 0 ? Long.MAX_VALUE : now + random.nextInt(span) - span / 10;
        long id = timers.schedule(deadline, fired::add);
        assertTrue(id >= 0 && ids.add(id), "an id of its own");
        model.add(new Entry(deadline, step, id));
      } else if (choice < 8 && !model.isEmpty()) {
        Entry gone = model.remove(random.nextInt(model.size()));
        assertTrue(timers.cancel(gone.id));
        assertFalse(timers.cancel(gone.id), "only once");
        ids.remove(gone.id);
      } else {
        now += random.nextInt(span / 4 + 1);
        long until = now;
        List<Entry> due = new ArrayList<>(model.stream().filter(e -> e.deadline <= until).toList());
        model.removeAll(due);
        due.sort(Comparator.comparingLong(Entry::deadline).thenComparingInt(Entry::order));
        fired.clear();
        expire(now);
        List<Long> expected = due.stream().map(Entry::id).toList();
        assertEquals(expected, fired);
        expected.forEach(id -> assertFalse(timers.cancel(id), "too late"));
        expected.forEach(ids::remove);
      }
      long earliest = model.stream().mapToLong(Entry::deadline).min().orElse(Long.MAX_VALUE);
      if (step % 64 == 0) {
        assertEquals(earliest, timers.earliest());
      }
    }
  }

  @Test
  void cancelOfATimerThatIsDueInTheSameExpiry() {
    List<Long> second = new ArrayList<>();
    timers.schedule(1, id -> assertTrue(timers.cancel(second.getFirst())));
    second.add(timers.schedule(2, fired::add));
    timers.schedule(3, fired::add);
    expire(10);
    assertEquals(1, fired.size());
    assertFalse(timers.cancel(second.getFirst()));
    assertEquals(Long.MAX_VALUE, timers.earliest());
  }

  @Test
  void aTimerCannotBeCancelledFromItsOwnCall() {
    timers.schedule(1, id -> assertFalse(timers.cancel(id)));
    expire(1);
  }

  @Test
  void aReusedSlotHasAnotherId() {
    long first = timers.schedule(1, fired::add);
    assertTrue(timers.cancel(first));
    long second = timers.schedule(1, fired::add);
    assertEquals((int) first, (int) second, "the slot came back");
    assertNotEquals(first, second);
    assertFalse(timers.cancel(first));
    assertTrue(timers.cancel(second));
  }

  @Test
  void idsThatNeverWere() {
    timers.schedule(1, fired::add);
    for (long id : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1, 15, 16, 1L << 32}) {
      assertFalse(timers.cancel(id), Long.toString(id));
    }
  }

  @Test
  void whatAThrowLeftIsDueAtOnceAndBeforeTheRest() {
    timers.schedule(
        1,
        id -> {
          throw new IllegalStateException("one");
        });
    long left = timers.schedule(2, fired::add);
    long cancelled = timers.schedule(3, fired::add);
    long late = timers.schedule(50, fired::add);
    try {
      expire(10);
    } catch (IllegalStateException e) {
      assertEquals("one", e.getMessage());
    }
    assertEquals(Long.MIN_VALUE, timers.earliest());
    assertTrue(timers.cancel(cancelled));
    long early = timers.schedule(0, fired::add);
    expire(50);
    assertEquals(List.of(left, early, late), fired);
    assertEquals(Long.MAX_VALUE, timers.earliest());
  }
}
