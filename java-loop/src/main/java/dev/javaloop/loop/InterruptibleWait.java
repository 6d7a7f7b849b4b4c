package dev.javaloop.loop;

import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;

/// Makes [Thread#interrupt()] end a wait in the kernel.
///
/// An interrupt by itself does not reach a thread in a system call. The JDK offers one way to hear
/// of it: between `begin` and `end` of an [AbstractSelector] an interrupt calls `wakeup`, at once
/// if it came before. Nothing else of a selector is here. The closing of a Python context relies on
/// it, as it interrupts the context's threads.
final class InterruptibleWait extends AbstractSelector {
  private final Runnable wakeup;

  InterruptibleWait(Runnable wakeup) {
    super(SelectorProvider.provider());
    this.wakeup = wakeup;
  }

  /// From here to [#after()] an interrupt of this thread runs the wake-up, in the interrupting
  /// thread.
  void before() {
    begin();
  }

  void after() {
    end();
  }

  @Override
  public Selector wakeup() {
    wakeup.run();
    return this;
  }

  @Override
  protected void implCloseSelector() {}

  @Override
  protected SelectionKey register(
      java.nio.channels.spi.AbstractSelectableChannel channel, int ops, Object attachment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<SelectionKey> keys() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<SelectionKey> selectedKeys() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int selectNow() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int select(long timeout) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int select() {
    throw new UnsupportedOperationException();
  }
}
