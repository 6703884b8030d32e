package org.panagrad.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.io.SafeFile;
import org.panagrad.train.Evaluation;
import org.panagrad.train.History;

/** A training run as one HTML file that needs no other: what was trained, the curves, the figures of each epoch. */
final class HtmlReport {
  private static final String STYLE = """
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
      table { border-collapse: collapse; margin: 1rem 0 } td, th { padding: .2rem .8rem; text-align: right }
      th { border-bottom: 1px solid #999 } td:first-child, th:first-child { text-align: left }
      tr:nth-child(even) td { background: #f4f4f4 } img { max-width: 100% }
      """;

  private HtmlReport() {
  }

  /** setting: what was trained on what, by name; curves: a PNG file, or null where none could be drawn. */
  static void write(Map<String, String> setting, History history, @Nullable Path curves, Path file)
      throws IOException {
    StringBuilder html = new StringBuilder("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n")
        .append("<title>Training run</title>\n<style>\n").append(STYLE)
        .append("</style>\n<h1>Training run</h1>\n<table>\n");
    setting
        .forEach((name, value) -> html.append("<tr><td>").append(escape(name)).append("<td style=\"text-align:left\">")
            .append(escape(value)).append('\n'));
    html.append("</table>\n");
    if (curves != null) {
      html.append("<img alt=\"loss and metrics by epoch\" src=\"data:image/png;base64,")
          .append(Base64.getEncoder().encodeToString(Files.readAllBytes(curves))).append("\">\n");
    }
    append(html, history);
    ByteBuffer bytes = ByteBuffer.wrap(html.toString().getBytes(StandardCharsets.UTF_8));
    SafeFile.write(file, channel -> {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    });
  }

  private static void append(StringBuilder html, History history) {
    html.append("<table>\n<tr><th>epoch");
    for (String of : List.of("", "validation ")) {
      html.append("<th>").append(of).append("loss");
      history.metricNames().forEach(name -> html.append("<th>").append(of).append(escape(name)));
    }
    html.append("<th>samples/s\n");
    for (History.Epoch epoch : history.epochs()) {
      html.append("<tr><td>").append(epoch.number());
      append(html, epoch.training(), history.metricNames().size());
      append(html, epoch.validation(), history.metricNames().size());
      html.append(String.format(Locale.ROOT, "<td>%,.0f%n", epoch.samplesPerSecond()));
    }
    html.append("</table>\n");
  }

  private static void append(StringBuilder html, @Nullable Evaluation figures, int metrics) {
    if (figures == null) {
      html.append("<td>".repeat(1 + metrics));
      return;
    }
    html.append(String.format(Locale.ROOT, "<td>%.5f", figures.loss()));
    figures.metrics().forEach(metric -> html.append(String.format(Locale.ROOT, "<td>%.4f", metric)));
  }

  static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }
}
