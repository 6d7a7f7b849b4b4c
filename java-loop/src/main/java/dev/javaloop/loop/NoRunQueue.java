package dev.javaloop.loop;

enum NoRunQueue implements RunQueue {
  NONE;

  @Override
  public boolean isEmpty() {
    return true;
  }

  @Override
  public void drain() {}
}
