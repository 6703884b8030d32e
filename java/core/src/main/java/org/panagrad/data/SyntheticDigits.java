package org.panagrad.data;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Digits that the program draws itself, for where no real ones are: 28x28 like MNIST's, ten classes, white on black, in
 * {@link DigitStrokes some ways of writing each}, every one bent, sheared, turned, scaled, moved, thick or thin, strong
 * or faint, and noisy. The bytes are the same on every machine.
 */
public final class SyntheticDigits {
  /** Height and width of an image. */
  public static final int SIDE = 28;
  /** Number of classes. */
  public static final int CLASSES = 10;

  private static final int PIXELS = SIDE * SIDE;

  private SyntheticDigits() {}

  /**
   * Draws digits. Sample {@code i} depends on nothing but the seed and {@code i}, and every ten samples from a multiple
   * of ten on have every digit once, in random order.
   *
   * @param count how many, at least 0
   * @param seed another seed gives other images
   * @return a data set that owns its memory; close it
   * @throws IllegalArgumentException if the count is negative
   */
  public static ImageDataset generate(int count, long seed) {
    if (count < 0) {
      throw new IllegalArgumentException("count is " + count + ": expected at least 0");
    }
    Arena arena = Arena.ofShared();
    MemorySegment pixels = arena.allocate((long) count * PIXELS);
    MemorySegment labels = arena.allocate(count);
    Canvas canvas = new Canvas();
    for (int i = 0; i < count; i++) {
      int digit = label(seed, i);
      draw(digit, new Draws(seed, i), canvas);
      MemorySegment.copy(canvas.bytes, 0, pixels, JAVA_BYTE, (long) i * PIXELS, PIXELS);
      labels.set(JAVA_BYTE, i, (byte) digit);
    }
    return new ImageDataset(arena, SIDE, SIDE, 1, CLASSES, pixels, labels);
  }

  /** The digit at the sample's place in a random order of the ten, which the samples of its ten share. */
  private static int label(long seed, int sample) {
    Draws draws = new Draws(~seed, sample / CLASSES);
    int place = sample % CLASSES;
    int[] digits = new int[CLASSES];
    for (int i = 0; i < CLASSES; i++) {
      int j = draws.below(i + 1);
      digits[i] = digits[j];
      digits[j] = i;
    }
    return digits[place];
  }

  private static void draw(int digit, Draws draws, Canvas canvas) {
    double[][][] variants = DigitStrokes.VARIANTS[digit];
    double[][] strokes = variants[draws.below(variants.length)];
    Hand hand = new Hand(draws);
    canvas.clear();
    for (double[] stroke : strokes) {
      double x = 0;
      double y = 0;
      for (int i = 0; i < stroke.length; i += 2) {
        double nextX = hand.x(stroke[i], stroke[i + 1]);
        double nextY = hand.y(stroke[i], stroke[i + 1]);
        if (i > 0) {
          canvas.segment(x, y, nextX, nextY, hand.reach());
        }
        x = nextX;
        y = nextY;
      }
    }
    canvas.ink(hand, draws);
  }

  /** How one digit is written: where the points of the unit square go on the canvas, and with which pen. */
  private static final class Hand {
    private final double xx;
    private final double xy;
    private final double yx;
    private final double yy;
    private final double shiftX;
    private final double shiftY;
    private final double bendX;
    private final double bendY;
    private final double wave;
    private final double phaseX;
    private final double phaseY;
    final double thickness; // half of the line's width, in pixels
    final double softness; // width of its edge
    final double strength;
    final double noise;

    Hand(Draws draws) {
      double angle = draws.around(0, 0.22);
      double shear = draws.around(-0.12, 0.38);
      double width = draws.around(19, 4.5);
      double height = draws.around(22, 3);
      double cos = StrictMath.cos(angle);
      double sin = StrictMath.sin(angle);
      xx = cos * width;
      xy = (cos * shear - sin) * height;
      yx = sin * width;
      yy = (sin * shear + cos) * height;
      shiftX = SIDE / 2.0 + draws.around(0, 2.2);
      shiftY = SIDE / 2.0 + draws.around(0, 1.8);
      bendX = draws.around(0, 0.065);
      bendY = draws.around(0, 0.05);
      wave = draws.around(5.5, 2.5);
      phaseX = draws.around(0, Math.PI);
      phaseY = draws.around(0, Math.PI);
      thickness = draws.around(1.15, 0.6);
      softness = draws.around(1.3, 0.4);
      strength = draws.around(0.85, 0.15);
      noise = Math.max(0, draws.around(0.03, 0.11));
    }

    double x(double x, double y) {
      return xx * bentX(x, y) + xy * bentY(x, y) + shiftX;
    }

    double y(double x, double y) {
      return yx * bentX(x, y) + yy * bentY(x, y) + shiftY;
    }

    private double bentX(double x, double y) {
      return x - 0.5 + bendX * StrictMath.sin(wave * y + phaseX);
    }

    private double bentY(double x, double y) {
      return y - 0.5 + bendY * StrictMath.sin(wave * x + phaseY);
    }

    /** How far from a line's middle it still leaves ink. */
    double reach() {
      return thickness + softness / 2;
    }

    /** 1 in the line, 0 outside, and between the two across its edge. */
    double ink(double distance) {
      return strength * Math.clamp((reach() - distance) / softness, 0, 1);
    }
  }

  /** Distances to the nearest line while the digit is drawn, bytes once it is inked. */
  private static final class Canvas {
    private final double[] squaredDistances = new double[PIXELS];
    final byte[] bytes = new byte[PIXELS];

    void clear() {
      Arrays.fill(squaredDistances, Double.POSITIVE_INFINITY);
    }

    /** Only visits the pixels that the line may reach. */
    void segment(double x0, double y0, double x1, double y1, double reach) {
      int bottom = pixel(Math.max(y0, y1) + reach);
      int right = pixel(Math.max(x0, x1) + reach);
      for (int row = pixel(Math.min(y0, y1) - reach); row <= bottom; row++) {
        for (int column = pixel(Math.min(x0, x1) - reach); column <= right; column++) {
          double squared = squaredDistance(column + 0.5, row + 0.5, x0, y0, x1, y1);
          int at = row * SIDE + column;
          squaredDistances[at] = Math.min(squaredDistances[at], squared);
        }
      }
    }

    private static int pixel(double coordinate) {
      return Math.clamp((int) Math.floor(coordinate), 0, SIDE - 1);
    }

    private static double squaredDistance(double x, double y, double x0, double y0, double x1, double y1) {
      double dx = x1 - x0;
      double dy = y1 - y0;
      double along = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy);
      double nearest = along > 0 ? Math.min(along, 1) : 0; // also where both ends are one point and along is NaN
      double offX = x - x0 - nearest * dx;
      double offY = y - y0 - nearest * dy;
      return offX * offX + offY * offY;
    }

    void ink(Hand hand, Draws draws) {
      for (int i = 0; i < PIXELS; i++) {
        double value = hand.ink(Math.sqrt(squaredDistances[i]));
        if (hand.noise > 0) {
          value += hand.noise * (draws.next() + draws.next() + draws.next() - 1.5);
        }
        bytes[i] = (byte) (int) (Math.clamp(value, 0, 1) * 255 + 0.5);
      }
    }
  }

  /** The random numbers of one sample: SplitMix64 on a counter. */
  private static final class Draws {
    private static final long STEP = 0x9e3779b97f4a7c15L;
    private long state;

    Draws(long seed, int index) {
      state = mix(mix(seed) + index);
    }

    private static long mix(long z) {
      z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
      z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
      return z ^ (z >>> 31);
    }

    /** Uniform in [0, 1). */
    double next() {
      state += STEP;
      return (mix(state) >>> 11) * 0x1p-53;
    }

    /** Uniform in (middle - spread, middle + spread). */
    double around(double middle, double spread) {
      return middle + spread * (2 * next() - 1);
    }

    int below(int bound) {
      return (int) (next() * bound);
    }
  }
}
