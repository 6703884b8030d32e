package org.panagrad.app;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.panagrad.train.Evaluation;
import org.panagrad.train.History;

/** The picture of a training run: loss and accuracy, over epochs. */
final class Curves {
  private static final int WIDTH = 760, HEIGHT = 600; // of each of the two charts
  private static final int MANY = 30; // epochs, whose points would touch
  private static final Color TRAINING = new Color(0x4C78A8), VALIDATION = new Color(0xE45756);

  private Curves() {
  }

  static void write(History history, Path file) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    BitmapEncoder.saveBitmap(List.of(loss(history), accuracy(history)), 1, 2, png, BitmapFormat.PNG);
    ChartStyle.write(png.toByteArray(), file);
  }

  private static XYChart loss(History history) {
    XYChart chart = chart("Loss by epoch", "softmax-cross-entropy", history, Evaluation::loss);
    chart.getStyler().setYAxisMin(0.0).setYAxisMax(roundUp(greatest(history, Evaluation::loss)));
    return chart;
  }

  private static XYChart accuracy(History history) {
    XYChart chart = chart("Accuracy by epoch", "% of images", history, figures -> percent(figures));
    double least = 100 - roundUp(greatest(history, figures -> 100 - percent(figures)));
    chart.getStyler().setYAxisMin(least).setYAxisMax(100.0);
    return chart;
  }

  private static double percent(Evaluation figures) {
    return 100 * figures.metrics().getFirst();
  }

  private static Stream<Evaluation> validations(History history) {
    return history.epochs().stream().map(epoch -> Objects.requireNonNull(epoch.validation()));
  }

  private static double greatest(History history, ToDoubleFunction<Evaluation> figure) {
    return Stream.concat(history.epochs().stream().map(History.Epoch::training), validations(history))
        .mapToDouble(figure).max().orElseThrow();
  }

  /** To a multiple of 1, 2 or 5 times a power of ten: the end of an axis that begins with 0. */
  static double roundUp(double length) {
    double fifth = Math.max(length, 1e-4) / 5, power = Math.pow(10, Math.floor(Math.log10(fifth)));
    double step = fifth <= 2 * power ? 2 * power : fifth <= 5 * power ? 5 * power : 10 * power;
    return step * Math.ceil(Math.max(length, 1e-4) / step);
  }

  private static XYChart chart(String title, String unit, History history, ToDoubleFunction<Evaluation> figure) {
    XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).xAxisTitle("epoch").yAxisTitle(unit)
        .build();
    style(chart.getStyler(), history.epochs().size());
    double[] epochs = history.epochs().stream().mapToDouble(History.Epoch::number).toArray();
    add(chart, "training images", TRAINING, epochs,
        history.epochs().stream().map(History.Epoch::training).mapToDouble(figure).toArray());
    add(chart, "validation images", VALIDATION, epochs, validations(history).mapToDouble(figure).toArray());
    return chart;
  }

  private static void style(XYStyler style, int epochs) {
    ChartStyle.apply(style);
    style.setChartPadding(18).setMarkerSize(epochs > MANY ? 5 : 9).setChartTitleFont(ChartStyle.font(Font.BOLD, 22));
    // Below the chart, where it hides no point.
    style.setLegendPosition(LegendPosition.OutsideS).setLegendLayout(LegendLayout.Horizontal)
        .setLegendFont(ChartStyle.font(Font.PLAIN, 17));
    style.setAxisTitleFont(ChartStyle.font(Font.PLAIN, 17)).setAxisTickLabelsFont(ChartStyle.font(Font.PLAIN, 15))
        .setPlotGridVerticalLinesVisible(false);
    // Room on both sides of the points. XChart wants all labels of an axis to differ, so that whole numbers as labels
    // make whole steps.
    style.setXAxisMin(epochs == 1 ? 0 : 0.5).setXAxisMax(epochs == 1 ? 2 : epochs + 0.5).setXAxisDecimalPattern("0");
  }

  private static void add(XYChart chart, String name, Color color, double[] epochs, double[] values) {
    XYSeries series = chart.addSeries(name, epochs, values);
    series.setMarker(SeriesMarkers.CIRCLE).setMarkerColor(color).setLineColor(color)
        .setLineStyle(new BasicStroke(2.5f));
  }
}
