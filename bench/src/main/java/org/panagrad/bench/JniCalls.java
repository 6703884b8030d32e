package org.panagrad.bench;

/** Calls through JNI, which the library has none of: to be compared with the bridge that it has. */
@SuppressWarnings("restricted")
final class JniCalls {
  static {
    System.load(JniLibrary.FILE.toString());
  }

  private JniCalls() {
  }

  /** Does nothing. */
  static native void empty();

  /** Pins an array by GetPrimitiveArrayCritical, and lets it go. */
  static native void array(float[] x);
}
