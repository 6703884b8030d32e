package org.panagrad.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How the ten digits are written: per digit some variants, each a few strokes, each a polyline x0, y0, x1, y1, ... in
 * the unit square (x to the right, y down).
 */
final class DigitStrokes {
  /** Lines are cut into pieces of at most this length, so that they bend when their points are moved. */
  private static final double PIECE = 0.12;
  private static final double ARC_STEP = 15; // degrees

  /** {@code [digit][variant][stroke][coordinate]} */
  static final double[][][][] VARIANTS = {
      {{arc(0.5, 0.5, 0.3, 0.4, -90, 270)}, {arc(0.5, 0.5, 0.24, 0.4, -60, 310)}},
      {{line(0.5, 0.1, 0.5, 0.9)}, {line(0.33, 0.28, 0.53, 0.1, 0.53, 0.9)},
          {line(0.35, 0.27, 0.53, 0.1, 0.53, 0.9), line(0.33, 0.9, 0.72, 0.9)}},
      {{join(arc(0.49, 0.33, 0.27, 0.23, 190, 395), line(0.24, 0.88, 0.8, 0.88))},
          {join(arc(0.47, 0.32, 0.25, 0.22, 215, 400), arc(0.3, 0.8, 0.1, 0.09, 100, 300),
              line(0.55, 0.86, 0.82, 0.86))}},
      {{join(arc(0.46, 0.3, 0.24, 0.2, 205, 440), arc(0.46, 0.7, 0.28, 0.21, -80, 155))},
          {join(line(0.25, 0.12, 0.72, 0.12, 0.44, 0.43), arc(0.44, 0.66, 0.29, 0.24, -90, 150))}},
      {{line(0.34, 0.12, 0.24, 0.55, 0.8, 0.55), line(0.68, 0.3, 0.62, 0.92)},
          {line(0.64, 0.92, 0.64, 0.1, 0.18, 0.62, 0.84, 0.62)}},
      {{join(line(0.36, 0.12, 0.31, 0.45), arc(0.46, 0.65, 0.28, 0.24, -120, 150)), line(0.36, 0.12, 0.76, 0.12)},
          {join(line(0.76, 0.1, 0.38, 0.13, 0.3, 0.46, 0.55, 0.43), arc(0.47, 0.67, 0.26, 0.22, -45, 140))}},
      {{join(line(0.66, 0.1, 0.44, 0.28, 0.31, 0.5), arc(0.51, 0.68, 0.23, 0.21, 180, 540))},
          {join(line(0.42, 0.08, 0.31, 0.35, 0.27, 0.6), arc(0.5, 0.7, 0.23, 0.18, 180, 510))}},
      {{line(0.22, 0.13, 0.78, 0.13, 0.42, 0.9)},
          {line(0.22, 0.13, 0.78, 0.13, 0.45, 0.9), line(0.36, 0.5, 0.74, 0.5)},
          {line(0.22, 0.26, 0.24, 0.13, 0.76, 0.12, 0.55, 0.45, 0.46, 0.9)}},
      {{arc(0.5, 0.3, 0.21, 0.19, 90, 450), arc(0.5, 0.69, 0.25, 0.2, -90, 270)},
          {join(arc(0.5, 0.29, 0.22, 0.18, -30, -250), arc(0.5, 0.69, 0.24, 0.21, -50, 230), line(0.69, 0.19))}},
      {{arc(0.48, 0.32, 0.23, 0.21, 0, 360), line(0.71, 0.32, 0.68, 0.6, 0.56, 0.9)},
          {arc(0.48, 0.31, 0.23, 0.2, 0, 360), join(line(0.71, 0.3, 0.71, 0.55), arc(0.5, 0.66, 0.21, 0.23, 10, 130))},
          {join(arc(0.47, 0.31, 0.22, 0.2, -20, -340), line(0.69, 0.15, 0.66, 0.9))}}};

  private DigitStrokes() {}

  /** An ellipse's arc between two angles in degrees: 0 is right, 90 down. */
  private static double[] arc(double centerX, double centerY, double radiusX, double radiusY, double from, double to) {
    int pieces = (int) Math.ceil(Math.abs(to - from) / ARC_STEP);
    double[] points = new double[2 * (pieces + 1)];
    for (int i = 0; i <= pieces; i++) {
      double angle = StrictMath.toRadians(from + (to - from) * i / pieces);
      points[2 * i] = centerX + radiusX * StrictMath.cos(angle);
      points[2 * i + 1] = centerY + radiusY * StrictMath.sin(angle);
    }
    return points;
  }

  private static double[] line(double... points) {
    return points;
  }

  /** One stroke through all of the points. */
  private static double[] join(double[]... parts) {
    return Arrays.stream(parts).flatMapToDouble(Arrays::stream).toArray();
  }

  static {
    for (double[][][] digit : VARIANTS) {
      for (double[][] variant : digit) {
        Arrays.setAll(variant, stroke -> cut(variant[stroke]));
      }
    }
  }

  private static double[] cut(double[] points) {
    List<Double> out = new ArrayList<>(List.of(points[0], points[1]));
    for (int i = 2; i < points.length; i += 2) {
      double dx = points[i] - points[i - 2];
      double dy = points[i + 1] - points[i - 1];
      int pieces = (int) Math.ceil(Math.sqrt(dx * dx + dy * dy) / PIECE);
      for (int k = 1; k <= pieces; k++) {
        out.add(points[i - 2] + dx * k / pieces);
        out.add(points[i - 1] + dy * k / pieces);
      }
    }
    return out.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
