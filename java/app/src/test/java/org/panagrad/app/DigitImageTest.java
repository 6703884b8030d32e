package org.panagrad.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigitImageTest {
  @TempDir
  Path folder;

  /** A seven of two strokes; grey values 0 to 255, or 0xAARRGGBB where the picture has colours. */
  static BufferedImage seven(int type, int paper, int ink) {
    BufferedImage image = new BufferedImage(28, 28, type);
    for (int i = 0; i < 28 * 28; i++) {
      int x = i % 28, y = i / 28;
      boolean top = y >= 5 && y < 8 && x >= 7 && x < 21;
      boolean leg = y >= 8 && y < 23 && Math.abs(x - (20 - (y - 8) * 0.6)) < 1.5;
      int value = top || leg ? ink : paper;
      if (type == BufferedImage.TYPE_BYTE_GRAY) {
        image.getRaster().setSample(x, y, 0, value);
      } else {
        image.setRGB(x, y, value);
      }
    }
    return image;
  }

  private DigitImage throughFile(BufferedImage image) throws IOException {
    Path file = folder.resolve("picture.png");
    ImageIO.write(image, "png", file.toFile());
    return DigitImage.read(file);
  }

  private static void assertSeven(DigitImage image, double paper, double ink) {
    assertEquals(paper, image.brightness()[0], 1e-6);
    assertEquals(ink, image.brightness()[6 * 28 + 10], 1e-6);
  }

  @Test
  void greyValuesStayWhatTheyAre() throws IOException {
    DigitImage image = throughFile(seven(BufferedImage.TYPE_BYTE_GRAY, 3, 128));
    assertFalse(image.inverted());
    assertSeven(image, 3 / 255.0, 128 / 255.0);
  }

  @Test
  void darkOnLightIsInverted() throws IOException {
    DigitImage image = throughFile(seven(BufferedImage.TYPE_BYTE_GRAY, 255, 55));
    assertTrue(image.inverted());
    assertSeven(image, 0, 200 / 255.0);
  }

  @Test
  void coloursBecomeLuminance() throws IOException {
    DigitImage image = throughFile(seven(BufferedImage.TYPE_INT_RGB, 0x000000, 0x00ff00));
    assertFalse(image.inverted());
    assertSeven(image, 0, 0.7152);
  }

  @Test
  void transparentPaperIsOfTheOtherShade() throws IOException {
    DigitImage black = throughFile(seven(BufferedImage.TYPE_INT_ARGB, 0x00000000, 0xff000000));
    assertTrue(black.inverted());
    assertSeven(black, 0, 1);
    DigitImage white = throughFile(seven(BufferedImage.TYPE_INT_ARGB, 0x00000000, 0xffffffff));
    assertFalse(white.inverted());
    assertSeven(white, 0, 1);
  }
}
