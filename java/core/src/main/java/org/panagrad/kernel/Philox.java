package org.panagrad.kernel;

/**
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3; 2011): numbers that look
 * random and depend on (seed, stream, index) alone, not on threads or history.
 */
public final class Philox {
  private Philox() {
  }

  /**
   * Word {@code index % 4} of the four words of counter {@code index / 4}.
   *
   * @param seed   the key
   * @param stream which sequence of this key
   * @param index  place in the sequence, not negative
   * @return 32 random bits
   */
  public static int word(long seed, long stream, long index) {
    long counter = index >>> 2;
    int w0 = (int) counter, w1 = (int) (counter >>> 32), w2 = (int) stream, w3 = (int) (stream >>> 32);
    int key0 = (int) seed, key1 = (int) (seed >>> 32);
    for (int round = 0; round < 10; round++) {
      long a = (w0 & 0xffffffffL) * 0xD2511F53L, b = (w2 & 0xffffffffL) * 0xCD9E8D57L;
      int next0 = (int) (b >>> 32) ^ w1 ^ key0, next2 = (int) (a >>> 32) ^ w3 ^ key1;
      w1 = (int) b;
      w3 = (int) a;
      w0 = next0;
      w2 = next2;
      key0 += 0x9E3779B9;
      key1 += 0xBB67AE85;
    }
    return switch ((int) index & 3) {
      case 0 -> w0;
      case 1 -> w1;
      case 2 -> w2;
      default -> w3;
    };
  }

  /**
   * A whole number below a bound, without bias worth naming: the upper half of word * bound (Lemire, 2019, without the
   * rejection; the bias is below bound / 2^32).
   *
   * @param seed   the key
   * @param stream which sequence of this key
   * @param index  place in the sequence
   * @param bound  at least 1
   * @return a number in [0, bound)
   */
  public static int below(long seed, long stream, long index, int bound) {
    return (int) ((word(seed, stream, index) & 0xffffffffL) * bound >>> 32);
  }
}
