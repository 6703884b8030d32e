package org.panagrad.bench.run;

import java.util.List;
import java.util.Locale;

/** A picture of the kernels: how near to the limit of this run each native one comes, as bars of SVG. */
final class Chart {
  private static final int LEFT = 380, WIDTH = 520, BAR = 14, STEP = 20, TOP = 50, RIGHT = 140;

  private Chart() {
  }

  static String svg(List<Row> rows) {
    List<Row> shown = rows.stream().filter(row -> row.limit() != null && row.figures().containsKey(Figure.TIME))
        .filter(row -> row.parameters().getOrDefault("backend", "NATIVE").equals("NATIVE")).toList();
    int height = TOP + STEP * shown.size() + 20;
    StringBuilder out = new StringBuilder("""
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">
        <rect width="100%%" height="100%%" fill="white"/>
        <text x="16" y="24" font-size="16" font-weight="bold">Share of the limit of the same run</text>
        """.formatted(LEFT + WIDTH + RIGHT, height));
    for (int percent = 0; percent <= 100; percent += 25) {
      int x = LEFT + WIDTH * percent / 100;
      out.append(line(x, TOP - 6, x, height - 16)).append(text(x, TOP - 10, "middle", percent + " %"));
    }
    for (int i = 0; i < shown.size(); i++) {
      bar(out, shown.get(i), TOP + STEP * i);
    }
    return out.append("</svg>\n").toString();
  }

  /** A limit measured in another minute may be beaten: such bars end at the edge, and the number says it. */
  private static void bar(StringBuilder out, Row row, int y) {
    double share = row.ofLimit();
    String color = share >= 0.8 ? "#4c78a8" : share >= 0.5 ? "#9ecae9" : "#e45756";
    out.append(text(LEFT - 8, y + BAR - 3, "end", label(row)));
    out.append(
        String.format(Locale.ROOT, "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n", LEFT, y,
            WIDTH * Math.min(share, 1.1), BAR, color));
    out.append(text(LEFT + (int) (WIDTH * Math.min(share, 1.1)) + 6, y + BAR - 3, "start",
        Text.percent(share) + " of " + row.limit()));
  }

  private static String label(Row row) {
    StringBuilder label = new StringBuilder(
        row.group().equals("KernelBenchmark") ? row.parameters().get("kernel") : row.benchmark());
    row.parameters().forEach((name, value) -> {
      if (!name.equals("kernel") && !name.equals("backend") && !value.equals("false")) {
        label.append(' ').append(value);
      }
    });
    return label.toString();
  }

  private static String line(int x, int y, int toX, int toY) {
    return "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#e3e3e3\"/>%n".formatted(x, y, toX, toY);
  }

  private static String text(int x, int y, String anchor, String text) {
    return "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>%n".formatted(x, y, anchor,
        text.replace("&", "&amp;").replace("<", "&lt;"));
  }
}
