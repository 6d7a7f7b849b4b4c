package dev.javaloop.loop;

/// The bits that say what a descriptor is watched for, with the values of Python's
/// `selectors.EVENT_READ` and `EVENT_WRITE`.
public final class Interest {

  /// Data, a connection or the end of the stream can be read.
  public static final int READ = 1;

  /// There is room to write, or a connect has ended.
  public static final int WRITE = 2;

  private Interest() {}

  static int checked(int interest) {
    if ((interest & ~(READ | WRITE)) != 0) {
      throw new IllegalArgumentException(
          "interest " + interest + " has bits other than READ and WRITE");
    }
    return interest;
  }
}
