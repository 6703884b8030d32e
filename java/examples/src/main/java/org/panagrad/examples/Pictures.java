package org.panagrad.examples;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Pictures of many digits, for people to look at. */
final class Pictures {
  private static final int SIDE = Digits.SIDE, GAP = 2;

  private Pictures() {
  }

  /** Writes digits, 0 black to 1 white, row by row as a PNG. */
  static Path write(Path file, int columns, float[] pixels) throws IOException {
    int count = pixels.length / Digits.PIXELS, cell = SIDE + GAP, rows = (count + columns - 1) / columns;
    BufferedImage picture = new BufferedImage(columns * cell, rows * cell, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < count * Digits.PIXELS; i++) {
      int digit = i / Digits.PIXELS, x = i % SIDE, y = i / SIDE % SIDE;
      int grey = Math.round(255 * Math.clamp(pixels[i], 0, 1));
      picture.getRaster().setSample(digit % columns * cell + x, digit / columns * cell + y, 0, grey);
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    ImageIO.write(picture, "png", file.toFile());
    return file;
  }
}
