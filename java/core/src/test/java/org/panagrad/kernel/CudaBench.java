package org.panagrad.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.Dataset;
import org.panagrad.data.SyntheticDigits;
import org.panagrad.loss.Losses;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Updater;
import org.panagrad.train.Model;
import org.panagrad.train.Networks;

/**
 * Times kernels on a GPU beside a copy of as many bytes there, in one run. A program of its own, because the machines that
 * have GPUs may have nothing but a packed runtime (bench/gpu/pack); no JMH, since a call costs microseconds and is waited
 * for.
 */
public final class CudaBench {
  private static final int SAMPLES = 15;
  /** A sample repeats its call until about this much time has passed. */
  private static final long SAMPLE_NANOS = 20_000_000;

  private final CudaSession session;
  private final Kernels kernels;
  private final double scale;

  private CudaBench(CudaSession session, double scale) {
    this.session = session;
    this.scale = scale;
    kernels = ((CheckedKernels) session.kernels()).backend(); // the checks read labels here, which is not the GPU's time
  }

  /** @param args a factor of all sizes, 1 if there is none: an emulated GPU wants less */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    System.out.println(CudaSession.describe(0));
    System.out.printf("%-44s %12s %12s %12s %10s %8s%n", "median of " + SAMPLES, "ms", "fastest", "slowest", "GB/s",
        "of copy");
    double scale = args.length > 0 ? Double.parseDouble(args[0]) : 1;
    for (Work work : List.<Work>of(CudaBench::nothing, CudaBench::elementwise, CudaBench::crossEntropy,
        CudaBench::adam, CudaBench::manyTensors, CudaBench::trainingSteps)) {
      try (CudaSession session = CudaSession.open(0)) {
        work.on(new CudaBench(session, scale));
      }
    }
  }

  /** Some rows of the table, with memory of their own. */
  private interface Work {
    void on(CudaBench bench);
  }

  private long scaled(long n) {
    return Math.max(1, (long) (n * scale));
  }

  private DeviceMemory floats(long n, float value) {
    DeviceMemory memory = session.floats(n);
    kernels.map(UnaryFunction.AFFINE, 0, value, memory.segment(), memory.segment(), 0, n);
    return memory;
  }

  /** Milliseconds of a call: the median, the fastest, the slowest. */
  private double[] time(Runnable call) {
    call.run();
    session.synchronize();
    long begun = System.nanoTime();
    call.run();
    session.synchronize();
    long count = Math.max(1, SAMPLE_NANOS / Math.max(1, System.nanoTime() - begun));
    double[] samples = new double[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      long start = System.nanoTime();
      for (long k = 0; k < count; k++) {
        call.run();
      }
      session.synchronize();
      samples[i] = (System.nanoTime() - start) * 1e-6 / count;
    }
    Arrays.sort(samples);
    return new double[]{samples[SAMPLES / 2], samples[0], samples[SAMPLES - 1]};
  }

  private void row(String name, long bytes, double copyMillis, Runnable call) {
    double[] t = time(call);
    String share = Double.isNaN(copyMillis) ? "" : "%.0f %%".formatted(100 * copyMillis / t[0]);
    System.out.printf("%-44s %12.4f %12.4f %12.4f %10.1f %8s%n", name, t[0], t[1], t[2], bytes * 1e-6 / t[0], share);
  }

  /** Milliseconds of a copy that reads and writes as many bytes as a kernel. */
  private double copyOf(long bytes) {
    long n = Math.max(1, bytes / 8);
    DeviceMemory from = session.floats(n), to = session.floats(n);
    double millis = time(() -> from.copyTo(to))[0];
    System.out.printf("%-44s %12.4f %36.1f%n", "copy of %,d floats".formatted(n), millis, bytes * 1e-6 / millis);
    from.close();
    to.close();
    return millis;
  }

  private void nothing() {
    DeviceMemory x = floats(16, 1);
    row("exp of 16 floats: the start of a kernel", 128, Double.NaN,
        () -> kernels.exp(x.segment(), x.segment(), 0, 16));
  }

  private void elementwise() {
    long n = scaled(256L << 20);
    DeviceMemory x = floats(n, 0.5f), y = floats(n, 0.25f);
    double copy = copyOf(8 * n);
    row("exp", 8 * n, copy, () -> kernels.exp(x.segment(), y.segment(), 0, n));
    row("relu", 8 * n, copy, () -> kernels.relu(x.segment(), y.segment(), 0, n));
    DeviceMemory sums = session.floats((n + Kernels.BLOCK - 1) / Kernels.BLOCK);
    for (ElementLoss loss : List.of(ElementLoss.meanSquaredError(), ElementLoss.huber(1),
        ElementLoss.binaryCrossEntropyLogits(1, 0))) {
      row(loss.formula().name().toLowerCase(Locale.ROOT) + ", value and gradient in place", 12 * n, copy * 1.5,
          () -> kernels.elementLoss(loss, x.segment(), y.segment(), null, 1, x.segment(), null, sums.segment(), null, 1,
              0, n));
    }
  }

  private void crossEntropy() {
    RowLoss loss = RowLoss.softmaxCrossEntropy();
    for (int[] shape : new int[][]{{2048, 128_256}, {4096, 32_000}, {65_536, 1000}, {1 << 20, 16}}) {
      long rows = scaled(shape[0]), columns = shape[1];
      DeviceMemory logits = floats(rows * columns, 0.5f), gradient = session.floats(rows * columns);
      DeviceMemory labels = session.floats(rows), losses = session.floats(rows);
      for (long r = 0; r < rows; r++) {
        labels.segment().setAtIndex(JAVA_INT, r, (int) (r * 31 % columns));
      }
      labels.upload();
      long bytes = 8 * rows * columns;
      row("softmax_cross_entropy %dx%d".formatted(rows, columns), bytes, copyOf(bytes),
          () -> kernels.rowLoss(loss, logits.segment(), labels.segment(), null, gradient.segment(), losses.segment(),
              null, columns, 1, 0, rows));
      for (DeviceMemory memory : List.of(logits, gradient, labels, losses)) {
        memory.close();
      }
    }
  }

  private void adam() {
    for (long parameters : new long[]{1_000_000_000, 25_000_000, 1_000_000}) {
      long n = scaled(parameters);
      DeviceMemory p = floats(n, 0.5f), g = floats(n, 0.01f), m = session.floats(n), v = session.floats(n);
      Update update = new Update(UpdateRule.ADAM);
      float[] scalars = {1e-3f, 0.9f, 0.1f, 0.999f, 1e-3f, 1, 1e-8f};
      for (int i = 0; i < scalars.length; i++) {
        update.scalar(i, scalars[i]);
      }
      row("adam, %,d parameters".formatted(n), 28 * n, copyOf(28 * n),
          () -> kernels.update(update, p.segment(), g.segment(), m.segment(), v.segment(), null, null, null, 1, 0, n));
      for (DeviceMemory memory : List.of(p, g, m, v)) {
        memory.close();
      }
    }
  }

  /** AdamW over 300 tensors of up to 65,536 elements, as Java calls it. */
  private void manyTensors() {
    Updater updater = new Updater(Compute.of(session.kernels(), Product.Choice.BUILTIN, 1), Adam.adamW(1e-3));
    Arena arena = session.arena();
    long elements = 0;
    for (int i = 0; i < 300; i++) {
      long n = scaled((i % 16 + 1) << 12);
      updater.add("tensor " + i, arena.allocate(4 * n), arena.allocate(4 * n));
      elements += n;
    }
    row("AdamW, 300 tensors of %,d in all".formatted(elements), 28 * elements, copyOf(28 * elements), updater::step);
  }

  /** Whole steps of the README's network, by cuBLAS where it is found, from a batch in Java's memory to the next weights. */
  private void trainingSteps() {
    for (Product.Choice product : List.of(Product.Choice.AUTO, Product.Choice.BUILTIN)) {
      Compute compute = Compute.of(session.kernels(), product, 1);
      for (int samples : new int[]{32, 128}) {
        int batch = (int) scaled(samples);
        try (Dataset digits = SyntheticDigits.generate(batch, 1);
            Model model = Networks.digits().on(compute).compile(Adam.of(1e-3), Losses.softmaxCrossEntropy())) {
          Batch first = new Batches(digits, batch).load(0);
          Runnable step = () -> {
            model.forward(first);
            model.loss(first);
            model.backward();
            model.step();
          };
          row("CNN step, batch %d, %s".formatted(batch, compute.product().name()), 0, Double.NaN, step);
          long before = session.launches();
          step.run();
          session.synchronize();
          System.out.println("  in " + (session.launches() - before) + " launches");
        }
      }
    }
  }
}
