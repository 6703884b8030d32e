package org.panagrad.kernel;

import static org.panagrad.kernel.Rounded.exact;

import java.util.List;

/** {@link KernelCases} of mean pooling. */
final class PoolCases {
  private static final List<Size> SIZES = List.of(Size.of(0, Window.of(4, 4, 3, 2, 2, 2, 0)),
      Size.of(3, Window.of(1, 1, 1, 1, 1, 1, 0)), Size.of(2, Window.of(8, 8, 16, 2, 2, 2, 0)),
      Size.of(4, Window.of(5, 7, 3, 3, 2, 1, 1)), Size.of(2, Window.of(9, 9, 17, 3, 3, 2, 2)),
      Size.of(2, Window.of(8, 6, 15, 3, 2, 4, 0)), Size.of(2, Window.of(7, 7, 33, 7, 7, 1, 0)),
      Size.of(5, Window.of(4, 4, 1, 4, 4, 1, 0)), Size.of(2, Window.of(48, 48, 32, 2, 2, 2, 1)));

  private PoolCases() {
  }

  static List<KernelCase> all() {
    return List.of(new KernelCase("average_pool_f32", PoolCases::averagePool, SIZES),
        new KernelCase("average_pool_backward_f32", PoolCases::averagePoolBackward, SIZES));
  }

  /** Every (output element, input element) that a window brings together, output by output. */
  @FunctionalInterface
  private interface Seen {
    void at(int output, int input);
  }

  private static void pool(Size s, Seen seen) {
    Window w = s.window();
    for (int o = 0; o < out(s); o++) {
      long c = o % w.channels(), position = o / w.channels(), image = position / w.positions();
      long oy = position / w.outWidth() % w.outHeight(), ox = position % w.outWidth();
      for (long place = 0; place < w.kernelHeight() * w.kernelWidth(); place++) {
        long y = oy * w.stride() - w.padding() + place / w.kernelWidth();
        long x = ox * w.stride() - w.padding() + place % w.kernelWidth();
        if (y >= 0 && y < w.height() && x >= 0 && x < w.width()) {
          seen.at(o, (int) (((image * w.height() + y) * w.width() + x) * w.channels() + c));
        }
      }
    }
  }

  private static long out(Size s) {
    return s.rows() * s.window().positions() * s.window().channels();
  }

  private static Rounded elements(Size s) {
    return exact(s.window().kernelHeight() * s.window().kernelWidth());
  }

  private static Setup averagePool(Size s) {
    Window w = s.window();
    return new Setup().in("x", s.rows() * w.image(), -1, 1).out("y", out(s)).range(0, s.rows())
        .call((k, a, from, to) -> k.averagePool(w, a[0], a[1], from, to))
        .oracle((in, out, within) -> {
          Rounded[] sums = zeros(out[1].length);
          pool(s, (output, input) -> sums[output] = sums[output].plus(exact(in[0][input])));
          for (int o = 0; o < sums.length; o++) {
            sums[o].over(elements(s)).put(out[1], within[1], o);
          }
        })
        .gradient(0, 1, Double.NaN, (k, a, dy, dx) -> k.averagePoolBackward(w, dy, dx, 0, s.rows()));
  }

  private static Setup averagePoolBackward(Size s) {
    Window w = s.window();
    return new Setup().in("dy", out(s), -1, 1).out("dx", s.rows() * w.image()).range(0, s.rows())
        .call((k, a, from, to) -> k.averagePoolBackward(w, a[0], a[1], from, to))
        .oracle((in, out, within) -> {
          Rounded[] sums = zeros(out[1].length);
          pool(s, (output, input) -> sums[input] = sums[input].plus(exact(in[0][output]).over(elements(s))));
          for (int i = 0; i < sums.length; i++) {
            sums[i].put(out[1], within[1], i);
          }
        });
  }

  private static Rounded[] zeros(int n) {
    Rounded[] sums = new Rounded[n];
    java.util.Arrays.fill(sums, exact(0));
    return sums;
  }
}
