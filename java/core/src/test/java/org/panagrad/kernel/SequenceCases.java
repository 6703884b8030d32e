package org.panagrad.kernel;

import java.util.List;

/** The rows of {@link KernelCases} for losses of sequences. */
final class SequenceCases {
  private SequenceCases() {
  }

  /** Samples, classes, frames; the last but one is too long for a critical call. */
  static List<KernelCase> all() {
    return List.of(new KernelCase("ctc_f32", SequenceCases::ctc,
        KernelCases.pairwise(List.of(Size.of(0, 5, 3), Size.of(1, 1, 1), Size.of(3, 1, 4), Size.of(2, 2, 1),
            Size.of(5, 2, 7), Size.of(4, 3, 5), Size.of(3, 15, 15), Size.of(3, 16, 16), Size.of(5, 17, 17),
            Size.of(2, 63, 31), Size.of(2, 64, 32), Size.of(2, 65, 33), Size.of(6, 29, 44), Size.of(3, 70, 40),
            Size.of(2, 4097, 3), Size.of(2, 10, 100), Size.of(40, 5, 4)), 3)));
  }

  /** Most samples use all frames, some half of them, one none. */
  private static int frames(Size s, int sample) {
    return (int) (sample == 3 ? 0 : sample % 4 == 1 ? s.depth() / 2 : s.depth());
  }

  /** Never too long even if all labels are the same; but every other one is where infinite losses become 0. */
  private static int labels(Size s, int sample, long most) {
    long fit = s.option(1) && sample % 2 == 1 ? most : Math.min(most, (frames(s, sample) + 1) / 2);
    return (int) (sample % 5 == 4 ? 0 : sample % 3 == 2 ? fit / 2 : fit);
  }

  /** Options: 0 no scales; 1 targets that are too long, and a loss of 0 for them; 2 the blank is the last class. */
  private static Setup ctc(Size s) {
    long samples = s.rows(), classes = s.columns(), time = s.depth(), n = samples * time * classes;
    long most = classes == 1 ? 0 : Math.min(20, (time + 1) / 2 + (s.option(1) ? 3 : 0));
    int blank = s.option(2) ? (int) classes - 1 : 0;
    boolean zeroInfinity = s.option(1);
    return new Setup().in("logits", n, -8, 8).ints("labels", samples * most, (random, _) -> {
      int label = random.nextInt((int) classes - 1);
      return label < blank ? label : label + 1;
    }).ints("inputLengths", samples, (_, i) -> frames(s, i))
        .ints("targetLengths", samples, (_, i) -> labels(s, i, most))
        .in("scales", samples, 0.25, 1).out("gradient", n).orNull().orIs(0).out("losses", samples)
        .scratch("scratch", samples * SequenceKernels.ctcScratch(time, most)).range(0, samples)
        .call((k, a, from, to) -> k.ctc(a[0], a[1], a[2], a[3], s.option(0) ? null : a[4], a[5], a[6], a[7], time,
            classes, most, blank, zeroInfinity, from, to))
        .oracle((in, out, within) -> {
          for (int i = 0; i < samples; i++) {
            int frames = (int) in[2][i], first = (int) (i * time * classes);
            double scale = s.option(0) ? 1 : in[4][i];
            CtcOracle oracle = new CtcOracle(in[0], first, frames, (int) classes,
                target(in[1], (int) (i * most), (int) in[3][i]), blank);
            boolean nothing = zeroInfinity && oracle.loss() == Double.POSITIVE_INFINITY;
            KernelCases.put(out[6], within[6], i, nothing ? 0 : oracle.loss(), oracle.lossError());
            for (int j = 0; j < time * classes; j++) {
              boolean zero = nothing || j >= frames * classes;
              KernelCases.put(out[5], within[5], first + j, zero ? 0 : oracle.gradient(j) * scale,
                  zero ? 0 : oracle.gradientError(j) * scale);
            }
          }
        })
        .gradient(0, 6, Double.NaN, (k, a, dy, dx) -> k.ctc(a[0], a[1], a[2], a[3], dy, dx, a[6], a[7], time, classes,
            most, blank, zeroInfinity, 0, samples));
  }

  private static int[] target(double[] labels, int first, int length) {
    int[] target = new int[length];
    for (int i = 0; i < length; i++) {
      target[i] = (int) labels[first + i];
    }
    return target;
  }
}
