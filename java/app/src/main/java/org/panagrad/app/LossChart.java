package org.panagrad.app;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A picture of losses: on the left their values, on the right their derivatives.
 *
 * @param name       of the file, without .png
 * @param title      above both halves
 * @param x          what stands below the axis
 * @param unit       of the loss
 * @param derivative what stands beside the axis of the derivative
 * @param top        end of the loss's axis, below which lines may leave the picture; infinite for all of them
 * @param steepest   the same of the derivative's axis, both ways
 * @param lines      computes them
 */
record LossChart(String name, String title, String x, String unit, String derivative, double top, double steepest,
    Function<LossSampler, List<LossLine>> lines) {
  private static final int WIDTH = 500, HEIGHT = 400; // of a half, without the legend
  private static final int KEY = 44; // a line and the space around it, in the legend
  private static final double PLOT = 0.8; // share of a half that the lines have, roughly
  private static final double MARGIN = 0.04; // free space beyond the lines, of the axis
  private static final int SHADES = 16; // of each colour
  private static final Font LEGEND = ChartStyle.font(Font.PLAIN, 15);
  // Told apart by colour, and without it by dashes and width.
  private static final Color[] COLORS = {new Color(0x1F4E9E), new Color(0xC8372D), new Color(0x1B7F3B),
      new Color(0x8A4FBF), new Color(0xB8730A), new Color(0x222222)};
  private static final BasicStroke[] STROKES = {stroke(2.5f), stroke(2.5f, 10, 6), stroke(2.5f, 2, 5),
      stroke(2.5f, 12, 5, 2, 5), stroke(1.2f), stroke(1.5f, 5, 4)};
  static final int MOST_LINES = STROKES.length;

  /** All of each line is seen. */
  LossChart(String name, String title, String x, String unit, String derivative,
      Function<LossSampler, List<LossLine>> lines) {
    this(name, title, x, unit, derivative, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, lines);
  }

  private static BasicStroke stroke(float width, float... dashes) {
    return dashes.length == 0
        ? new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND)
        : new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dashes, 0);
  }

  /** The picture as a PNG file. */
  byte[] draw(LossSampler sampler) throws IOException {
    List<LossLine> drawn = lines.apply(sampler);
    XYChart values = half("the loss", unit, drawn);
    addLines(values, drawn, LossLine::loss, least(drawn, LossLine::loss),
        Math.min(top, greatest(drawn, LossLine::loss)));
    XYChart derivatives = half("its derivative", derivative, drawn);
    addLines(derivatives, drawn, LossLine::derivative, Math.max(-steepest, least(drawn, LossLine::derivative)),
        Math.min(steepest, greatest(drawn, LossLine::derivative)));
    values.getStyler().setLegendVisible(false);
    int legend = drawn.size() == 1 ? 0 : legendWidth(drawn);
    derivatives.getStyler().setLegendVisible(legend > 0);
    return png(values, derivatives, WIDTH + legend);
  }

  private XYChart half(String what, String y, List<LossLine> drawn) {
    XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title + ": " + what).xAxisTitle(x)
        .yAxisTitle(y).build();
    XYStyler style = chart.getStyler();
    double[] axis = drawn.getFirst().x();
    double from = Math.floor(axis[0]), to = Math.ceil(axis[axis.length - 1]);
    ChartStyle.apply(style);
    style.setChartPadding(12).setChartTitleFont(ChartStyle.font(Font.BOLD, 17)).setLegendFont(LEGEND)
        .setLegendPosition(LegendPosition.OutsideE).setLegendLayout(LegendLayout.Vertical);
    style.setAxisTitleFont(ChartStyle.font(Font.PLAIN, 15)).setAxisTickLabelsFont(ChartStyle.font(Font.PLAIN, 14))
        .setXAxisDecimalPattern("0.######").setXAxisMin(from).setXAxisMax(to);
    return chart;
  }

  private void addLines(XYChart chart, List<LossLine> drawn, Function<LossLine, double[]> values, double least,
      double greatest) {
    double margin = MARGIN * Math.max(greatest - least, 1e-3);
    chart.getStyler().setYAxisMin(least - margin).setYAxisMax(greatest + margin);
    double height = HEIGHT * PLOT / (greatest - least + 2 * margin);
    for (int i = 0; i < drawn.size(); i++) {
      LossLine line = drawn.get(i);
      double[] y = dashed(line.x(), values.apply(line), STROKES[i].getDashArray(), height);
      chart.addSeries(line.label(), line.x(), y).setMarker(SeriesMarkers.NONE).setLineColor(COLORS[i])
          .setLineStyle(STROKES[i]);
    }
  }

  /**
   * The line with gaps. XChart draws each piece between two points by itself, so that dashes of a stroke, which begin
   * anew with each piece, would never end.
   *
   * @param pixels of a unit of y
   */
  private static double[] dashed(double[] x, double[] y, float @Nullable [] dashes, double pixels) {
    if (dashes == null) {
      return y;
    }
    double wide = WIDTH * PLOT / (x[x.length - 1] - x[0]), period = 0;
    for (float dash : dashes) {
      period += dash;
    }
    double[] result = new double[y.length];
    Arrays.fill(result, Double.NaN);
    int dash = 0;
    double left = dashes[0];
    for (int i = 1; i < x.length; i++) {
      double length = Math.hypot((x[i] - x[i - 1]) * wide, (y[i] - y[i - 1]) * pixels);
      if (dash % 2 == 0 || length >= period) { // the stroke dashes what is that steep
        result[i - 1] = y[i - 1];
        result[i] = y[i];
      }
      for (left -= length; left <= 0; left += dashes[dash]) {
        dash = (dash + 1) % dashes.length;
      }
    }
    return result;
  }

  private static double least(List<LossLine> lines, Function<LossLine, double[]> values) {
    return extreme(lines, line -> DoubleStream.of(values.apply(line)).min().orElseThrow(), true);
  }

  private static double greatest(List<LossLine> lines, Function<LossLine, double[]> values) {
    return extreme(lines, line -> DoubleStream.of(values.apply(line)).max().orElseThrow(), false);
  }

  private static double extreme(List<LossLine> lines, ToDoubleFunction<LossLine> of, boolean least) {
    DoubleStream all = lines.stream().mapToDouble(of);
    return (least ? all.min() : all.max()).orElseThrow();
  }

  private static int legendWidth(List<LossLine> lines) {
    FontRenderContext context = new FontRenderContext(null, true, true);
    return KEY + (int) Math.ceil(lines.stream()
        .mapToDouble(line -> LEGEND.getStringBounds(line.label(), context).getWidth()).max().orElseThrow());
  }

  private static byte[] png(XYChart left, XYChart right, int rightWidth) throws IOException {
    BufferedImage image = new BufferedImage(WIDTH + rightWidth, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    left.paint(graphics, WIDTH, HEIGHT);
    graphics.translate(WIDTH, 0);
    right.paint(graphics, rightWidth, HEIGHT);
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(withPalette(image), "png", bytes);
    return bytes.toByteArray();
  }

  /** Each colour in steps from white, which is what soft edges consist of: a third of the bytes of a full picture. */
  private static BufferedImage withPalette(BufferedImage image) {
    int[] palette = new int[SHADES * (COLORS.length + 1)];
    for (int i = 0; i < palette.length; i++) {
      Color color = i / SHADES < COLORS.length ? COLORS[i / SHADES] : ChartStyle.TEXT;
      palette[i] = shade(color.getRed(), i) << 16 | shade(color.getGreen(), i) << 8 | shade(color.getBlue(), i);
    }
    IndexColorModel model = new IndexColorModel(8, palette.length, palette, 0, false, -1, DataBuffer.TYPE_BYTE);
    BufferedImage result = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_BYTE_INDEXED,
        model);
    Map<Integer, Integer> known = new HashMap<>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int index = known.computeIfAbsent(image.getRGB(x, y) & 0xFFFFFF, rgb -> nearest(palette, rgb));
        result.getRaster().setSample(x, y, 0, index);
      }
    }
    return result;
  }

  private static int shade(int part, int i) {
    return 255 - (255 - part) * (i % SHADES) / (SHADES - 1);
  }

  private static int nearest(int[] palette, int rgb) {
    return IntStream.range(0, palette.length).boxed()
        .min(Comparator.comparingInt(i -> squaredDistance(palette[i], rgb))).orElseThrow();
  }

  private static int squaredDistance(int one, int other) {
    int sum = 0;
    for (int shift = 0; shift < 24; shift += 8) {
      int difference = (one >> shift & 0xFF) - (other >> shift & 0xFF);
      sum += difference * difference;
    }
    return sum;
  }
}
