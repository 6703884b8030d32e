package org.panagrad.examples;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;

/**
 * Another picture of the same digit: turned, scaled and shifted at random, and with noise.
 *
 * @param degrees most to turn by, either way
 * @param scale   most to grow or shrink by, as a share
 * @param shift   most pixels to move by, each way
 * @param noise   standard deviation of what is added to each pixel
 */
record Distortion(double degrees, double scale, double shift, double noise) {
  private static final int SIDE = Digits.SIDE;
  private static final double CENTRE = (SIDE - 1) / 2.0;

  /** Draws a picture of the image in a row into a row elsewhere. */
  void draw(MemorySegment images, long row, MemorySegment pictures, long pictureRow, RandomGenerator random) {
    double angle = Math.toRadians(degrees * within(random)), size = 1 + scale * within(random);
    double cosine = Math.cos(angle) / size, sine = Math.sin(angle) / size;
    double right = shift * within(random), down = shift * within(random);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        double dx = x - CENTRE - right, dy = y - CENTRE - down;
        float shade = shade(images, row, CENTRE + cosine * dx - sine * dy, CENTRE + sine * dx + cosine * dy);
        float grain = noise == 0 ? 0 : (float) (noise * random.nextGaussian());
        pictures.setAtIndex(JAVA_FLOAT, (pictureRow * SIDE + y) * SIDE + x, shade + grain);
      }
    }
  }

  /** From -1 to 1. */
  private static double within(RandomGenerator random) {
    return 2 * random.nextDouble() - 1;
  }

  /** Between four pixels, each by its nearness; black outside. */
  private static float shade(MemorySegment images, long row, double x, double y) {
    int left = (int) Math.floor(x), top = (int) Math.floor(y);
    float a = (float) (x - left), b = (float) (y - top);
    return (1 - b) * ((1 - a) * pixel(images, row, left, top) + a * pixel(images, row, left + 1, top))
        + b * ((1 - a) * pixel(images, row, left, top + 1) + a * pixel(images, row, left + 1, top + 1));
  }

  private static float pixel(MemorySegment images, long row, int x, int y) {
    return x < 0 || y < 0 || x >= SIDE || y >= SIDE ? 0 : images.getAtIndex(JAVA_FLOAT, (row * SIDE + y) * SIDE + x);
  }
}
