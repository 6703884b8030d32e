package org.panagrad.app;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import javax.imageio.ImageIO;
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
  private static final double MARGIN = 0.04; // free space beyond the lines, of the axis
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
    XYChart values = half("the loss", unit, drawn, LossLine::loss);
    XYChart derivatives = half("its derivative", derivative, drawn, LossLine::derivative);
    double least = least(drawn, LossLine::loss), greatest = Math.min(top, greatest(drawn, LossLine::loss));
    limit(values.getStyler(), least, greatest);
    limit(derivatives.getStyler(), Math.max(-steepest, least(drawn, LossLine::derivative)),
        Math.min(steepest, greatest(drawn, LossLine::derivative)));
    values.getStyler().setLegendVisible(false);
    int legend = drawn.size() == 1 ? 0 : legendWidth(drawn);
    derivatives.getStyler().setLegendVisible(legend > 0);
    return png(values, derivatives, WIDTH + legend);
  }

  private XYChart half(String what, String y, List<LossLine> drawn, Function<LossLine, double[]> values) {
    XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title + ": " + what).xAxisTitle(x)
        .yAxisTitle(y).build();
    XYStyler style = chart.getStyler();
    ChartStyle.apply(style);
    style.setChartPadding(12).setChartTitleFont(ChartStyle.font(Font.BOLD, 17)).setLegendFont(LEGEND)
        .setLegendPosition(LegendPosition.OutsideE).setLegendLayout(LegendLayout.Vertical);
    style.setAxisTitleFont(ChartStyle.font(Font.PLAIN, 15)).setAxisTickLabelsFont(ChartStyle.font(Font.PLAIN, 14))
        .setXAxisDecimalPattern("0.######").setXAxisMin(drawn.getFirst().x()[0])
        .setXAxisMax(drawn.getFirst().x()[drawn.getFirst().x().length - 1]);
    for (int i = 0; i < drawn.size(); i++) {
      LossLine line = drawn.get(i);
      chart.addSeries(line.label(), line.x(), values.apply(line)).setMarker(SeriesMarkers.NONE).setLineColor(COLORS[i])
          .setLineStyle(STROKES[i]);
    }
    return chart;
  }

  private static void limit(XYStyler style, double least, double greatest) {
    double margin = MARGIN * Math.max(greatest - least, 1e-3);
    style.setYAxisMin(least - margin).setYAxisMax(greatest + margin);
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
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }
}
