package org.panagrad.ffi;

/** Native code cannot be had; the message says why and what to do. */
public final class NativeException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * With the reason.
   *
   * @param message for people
   */
  public NativeException(String message) {
    super(message);
  }
}
