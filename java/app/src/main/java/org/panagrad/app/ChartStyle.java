package org.panagrad.app;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.style.XYStyler;
import org.panagrad.io.SafeFile;

/** What all charts have in common. */
final class ChartStyle {
  static final Color TEXT = new Color(0x333333), GRID = new Color(0xE3E3E3);

  private ChartStyle() {
  }

  /** Why no text can be drawn, or null. Slim containers have no fonts, and Java then fails in many ways. */
  static @Nullable String missing() {
    try {
      new TextLayout("1", font(Font.PLAIN, 15), new FontRenderContext(null, true, true)).getBounds();
      return null;
    } catch (RuntimeException | Error e) {
      return "Java finds no fonts (" + e + "): install some with 'apt-get install fontconfig fonts-dejavu-core'";
    }
  }

  static Font font(int style, int size) {
    return new Font(Font.SANS_SERIF, style, size);
  }

  /** White ground, dark text, a thin grid. */
  static void apply(XYStyler style) {
    style.setChartBackgroundColor(Color.WHITE).setPlotBackgroundColor(Color.WHITE).setPlotBorderVisible(false)
        .setChartFontColor(TEXT).setChartTitleBoxVisible(false).setLegendBorderColor(Color.WHITE);
    style.setPlotGridLinesColor(GRID).setPlotGridLinesStroke(new BasicStroke(1)).setAxisTickMarksColor(TEXT)
        .setAxisTickLabelsColor(TEXT).setYAxisDecimalPattern("0.######");
  }

  /** Wholly or not at all. */
  static void write(byte[] png, Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(png);
    SafeFile.write(file, channel -> {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    });
  }
}
