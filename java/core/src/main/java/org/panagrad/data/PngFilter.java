package org.panagrad.data;

import org.panagrad.io.DataException;

/** PNG's five filters: each byte is told as its difference from what its neighbours let expect. */
final class PngFilter {
  private PngFilter() {}

  /**
   * Unpacks a line, which has its filter's number before it, below the line that is unpacked already, if there is one.
   */
  static void undo(byte[] filtered, int from, byte[] pixels, int to, int count, int pixelBytes, boolean below, Png png)
      throws DataException {
    int filter = filtered[from];
    if (filter < 0 || filter > 4) {
      throw png.wrong("has a line with filter " + filter + ": PNG has 0 to 4");
    }
    for (int i = 0; i < count; i++) {
      int left = i < pixelBytes ? 0 : Byte.toUnsignedInt(pixels[to + i - pixelBytes]);
      int up = below ? Byte.toUnsignedInt(pixels[to + i - count]) : 0;
      int upLeft = below && i >= pixelBytes ? Byte.toUnsignedInt(pixels[to + i - count - pixelBytes]) : 0;
      int expected = switch (filter) {
        case 0 -> 0;
        case 1 -> left;
        case 2 -> up;
        case 3 -> (left + up) / 2;
        default -> paeth(left, up, upLeft);
      };
      pixels[to + i] = (byte) (filtered[from + 1 + i] + expected);
    }
  }

  /** The neighbour nearest to left + up - upLeft; of equal ones the first. */
  private static int paeth(int left, int up, int upLeft) {
    int estimate = left + up - upLeft;
    int fromLeft = Math.abs(estimate - left), fromUp = Math.abs(estimate - up),
        fromUpLeft = Math.abs(estimate - upLeft);
    if (fromLeft <= fromUp && fromLeft <= fromUpLeft) {
      return left;
    }
    return fromUp <= fromUpLeft ? up : upLeft;
  }
}
