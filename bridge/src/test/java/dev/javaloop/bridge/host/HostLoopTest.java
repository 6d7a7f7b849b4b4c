package dev.javaloop.bridge.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class HostLoopTest {
  private final HostLoop loop = new HostLoop(new HostSignals(System::nanoTime), closed -> {});

  @Test
  void aPassThatOutgrewTheArrayGivesAnotherOne() {
    long[] given = loop.events();
    for (int i = 0; i <= given.length; i++) {
      loop.callAt(-Double.MAX_VALUE);
    }
    assertEquals(given.length + 1, loop.run(false));
    long[] longer = loop.events();
    assertEquals(given.length + 1, Arrays.stream(longer, 0, given.length + 1).distinct().count());
    long timer = loop.callAt(-Double.MAX_VALUE);
    assertEquals(1, loop.run(false));
    assertEquals(timer, longer[0]);
    loop.close();
  }

  @Test
  void timersAreGivenAsTheyLieInTheHeap() {
    long[] numbers = new long[4];
    double[] deadlines = {4e9, 2e9, 3e9, 1e9};
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = loop.callAt(deadlines[i]);
    }
    loop.cancel(numbers[1]);
    long[] given = loop.timerNumbers();
    double[] when = loop.timerDeadlines();
    assertEquals(1, loop.cancelledTimers());
    assertEquals(numbers[3], given[0]);
    for (int i = 0; i < given.length; i++) {
      long number = given[i] < 0 ? ~given[i] : given[i];
      assertEquals(number == numbers[1], given[i] < 0);
      assertEquals(deadlines[(int) (number - numbers[0])], when[i]);
    }
    loop.close();
  }
}
