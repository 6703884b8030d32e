package org.panagrad.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.KernelCase;
import org.panagrad.kernel.KernelCases;
import org.panagrad.kernel.Product;

/** Every side of a benchmark computes the same, before anybody compares their times. */
class BenchmarkAgreementTest {

  private static BackendState side(Backend backend) {
    BackendState side = new BackendState();
    side.backend = backend;
    side.choose();
    return side;
  }

  @ParameterizedTest
  @ValueSource(strings = {"heap", "native"})
  void softmaxCrossEntropy(String memory) {
    float[] expected = gradient(Backend.SCALAR, "heap");
    for (Backend backend : List.of(Backend.AUTO, Backend.NATIVE, Backend.VECTOR, Backend.SCALAR)) {
      if (Backends.missing(backend) == null) {
        assertArrayEquals(expected, gradient(backend, memory), backend + " " + memory);
      }
    }
  }

  private static float[] gradient(Backend backend, String memory) {
    SoftmaxCrossEntropyBenchmark benchmark = new SoftmaxCrossEntropyBenchmark();
    benchmark.shape = "63x1023";
    benchmark.memory = memory;
    benchmark.data();
    benchmark.valueAndGradient(side(backend));
    return Data.toArray(benchmark.gradient);
  }

  @ParameterizedTest
  @ValueSource(strings = {"heap", "native"})
  void adam(String memory) {
    float[] expected = parameters(Backend.SCALAR, "heap");
    for (Backend backend : List.of(Backend.AUTO, Backend.NATIVE, Backend.VECTOR, Backend.SCALAR)) {
      if (Backends.missing(backend) == null) {
        assertArrayEquals(expected, parameters(backend, memory), backend + " " + memory);
      }
    }
  }

  private static float[] parameters(Backend backend, String memory) {
    AdamBenchmark benchmark = new AdamBenchmark();
    benchmark.parameters = 65537;
    benchmark.memory = memory;
    benchmark.data();
    BackendState side = side(backend);
    benchmark.step(side);
    benchmark.step(side);
    return Data.toArray(benchmark.parameter);
  }

  /** Of the same logits; both losses are within 40 roundings of the exact one: ln 70, distances up to 3, a sum of 70. */
  @Test
  void linearCrossEntropy() {
    LinearCrossEntropyBenchmark benchmark = new LinearCrossEntropyBenchmark();
    benchmark.shape = "9x5x70";
    benchmark.product = Product.Choice.BUILTIN;
    benchmark.data();
    assertEquals(benchmark.unfused(), benchmark.fused(), 80 * 0x1p-24);
    benchmark.close();
  }

  static List<String> kernels() {
    return KernelCases.all().stream().map(KernelCase::name).toList();
  }

  /** All that KernelBenchmark can be asked for. */
  @ParameterizedTest
  @MethodSource("kernels")
  void kernel(String kernel) {
    for (boolean odd : new boolean[]{false, true}) {
      int[][] expected = outputs(kernel, odd, "heap", Backend.SCALAR);
      for (Backend backend : List.of(Backend.VECTOR, Backend.NATIVE)) {
        for (String memory : List.of("heap", "native")) {
          if (Backends.missing(backend) == null) {
            assertSame(expected, outputs(kernel, odd, memory, backend), kernel + " " + odd + " " + backend + memory);
          }
        }
      }
    }
  }

  private static int[][] outputs(String kernel, boolean odd, String memory, Backend backend) {
    KernelBenchmark benchmark = new KernelBenchmark();
    benchmark.kernel = kernel;
    benchmark.bytes = 40_000;
    benchmark.odd = odd;
    benchmark.memory = memory;
    benchmark.data();
    benchmark.call(side(backend));
    int[][] words = new int[benchmark.arrays()][];
    for (int i = 0; i < words.length; i++) {
      words[i] = benchmark.words(i);
    }
    return words;
  }

  /** A NaN is one value. */
  private static void assertSame(int[][] expected, int[][] actual, String where) {
    for (int k = 0; k < expected.length; k++) {
      for (int i = 0; i < expected[k].length; i++) {
        int x = expected[k][i], y = actual[k][i];
        if (x != y && !(Float.isNaN(Float.intBitsToFloat(x)) && Float.isNaN(Float.intBitsToFloat(y)))) {
          throw new AssertionError("%s: array %d, element %d: %08x, expected %08x".formatted(where, k, i, y, x));
        }
      }
    }
  }

  /** The streams do what their shapes say. */
  @Test
  void limits() {
    LimitBenchmark benchmark = new LimitBenchmark();
    benchmark.bytes = 28 * 64;
    benchmark.data();
    double sum = 0;
    for (float x : Data.toArray(benchmark.from)) {
      sum += x;
    }
    assertEquals(sum, benchmark.read(), 1e-3, "not everything was read");
    benchmark.copy();
    assertEquals(-1, benchmark.from.asSlice(0, benchmark.bytes / 2).mismatch(benchmark.to), "the copy differs");
    float first = benchmark.from.getAtIndex(ValueLayout.JAVA_FLOAT, 0);
    benchmark.update();
    assertEquals(2 * first, benchmark.from.getAtIndex(ValueLayout.JAVA_FLOAT, 0), "to was a copy of from");
  }

  /** Whole steps reach the same loss on every side. */
  @ParameterizedTest
  @EnumSource(Workload.class)
  void trainingStep(Workload network) {
    double expected = loss(network, Backend.SCALAR);
    for (Backend backend : List.of(Backend.VECTOR, Backend.NATIVE)) {
      if (Backends.missing(backend) == null) {
        assertEquals(expected, loss(network, backend), backend.toString());
      }
    }
  }

  private static double loss(Workload network, Backend backend) {
    TrainingStepBenchmark benchmark = new TrainingStepBenchmark();
    benchmark.network = network;
    benchmark.batchSize = 4;
    benchmark.threads = 1;
    benchmark.product = Product.Choice.BUILTIN;
    benchmark.backend = backend;
    benchmark.build();
    benchmark.step();
    benchmark.products();
    double loss = benchmark.step();
    benchmark.close();
    return loss;
  }
}
