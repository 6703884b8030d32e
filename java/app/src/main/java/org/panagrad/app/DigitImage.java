package org.panagrad.app;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.panagrad.io.DataException;
import org.panagrad.io.SafeFile;

/**
 * A picture as the network knows them from MNIST: grey, light ink on dark paper.
 *
 * @param brightness row by row, from 0 (paper) to 1
 * @param inverted   whether the picture was dark on light
 */
record DigitImage(float[] brightness, boolean inverted) {
  private static final int SIDE = DigitNetwork.SIDE;
  private static final int BORDER = 4; // MNIST's digits fill the 20x20 pixels within

  /** Reads any format that the JDK does. */
  static DigitImage read(Path file) throws IOException {
    SafeFile.requireFile(file);
    ImageIO.setUseCache(false); // no temporary files
    try (ImageInputStream in = ImageIO.createImageInputStream(Files.newInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new DataException(file, "is no picture (a PNG of 28x28 pixels is needed)");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in);
        return of(decode(reader, file));
      } finally {
        reader.dispose();
      }
    }
  }

  private static BufferedImage decode(ImageReader reader, Path file) throws DataException {
    try {
      // before the pixels are: a small file may hold a huge picture
      int width = reader.getWidth(0), height = reader.getHeight(0);
      if (width != SIDE || height != SIDE) {
        throw new DataException(file, "the picture has " + width + "x" + height + " pixels, 28x28 are needed");
      }
      return reader.read(0);
    } catch (DataException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // the JDK's readers throw both on damaged files
      throw new DataException(file, "the picture is damaged: " + (e.getMessage() == null ? e : e.getMessage()));
    }
  }

  static DigitImage of(BufferedImage image) {
    float[] brightness = luminance(image);
    boolean inverted = isDarkOnLight(brightness);
    if (inverted) {
      for (int i = 0; i < brightness.length; i++) {
        brightness[i] = 1 - brightness[i];
      }
    }
    return new DigitImage(brightness, inverted);
  }

  private static float[] luminance(BufferedImage image) {
    float[] luminance = new float[SIDE * SIDE], opacity = new float[SIDE * SIDE];
    double ink = 0, inkLuminance = 0;
    for (int i = 0; i < luminance.length; i++) {
      int rgb = image.getRGB(i % SIDE, i / SIDE);
      luminance[i] = isGrey(image) ? sample(image, i) : luminance(rgb);
      opacity[i] = (rgb >>> 24) / 255f;
      ink += opacity[i];
      inkLuminance += opacity[i] * luminance[i];
    }
    // Where the picture is transparent there is paper, of the shade that the ink is not.
    float paper = inkLuminance > 0.5 * ink ? 0 : 1;
    for (int i = 0; i < luminance.length; i++) {
      luminance[i] = opacity[i] * luminance[i] + (1 - opacity[i]) * paper;
    }
    return luminance;
  }

  /** Recommendation ITU-R BT.709. */
  private static float luminance(int rgb) {
    return (0.2126f * (rgb >> 16 & 255) + 0.7152f * (rgb >> 8 & 255) + 0.0722f * (rgb & 255)) / 255;
  }

  private static boolean isGrey(BufferedImage image) {
    return image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
  }

  /** As it stands in the file: getRGB would brighten it, because Java takes grey pictures for linear light. */
  private static float sample(BufferedImage image, int pixel) {
    int bits = image.getColorModel().getComponentSize(0);
    return image.getRaster().getSample(pixel % SIDE, pixel / SIDE, 0) / (float) ((1 << bits) - 1);
  }

  private static boolean isDarkOnLight(float[] brightness) {
    double border = 0, centre = 0;
    for (int i = 0; i < brightness.length; i++) {
      if (isCentre(i % SIDE) && isCentre(i / SIDE)) {
        centre += brightness[i];
      } else {
        border += brightness[i];
      }
    }
    int centrePixels = (SIDE - 2 * BORDER) * (SIDE - 2 * BORDER);
    return border / (SIDE * SIDE - centrePixels) > centre / centrePixels;
  }

  private static boolean isCentre(int coordinate) {
    return coordinate >= BORDER && coordinate < SIDE - BORDER;
  }
}
