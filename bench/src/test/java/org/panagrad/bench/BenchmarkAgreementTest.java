package org.panagrad.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Product;

import org.junit.jupiter.api.Test;

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
    for (Backend backend : Backend.values()) {
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
    for (Backend backend : Backend.values()) {
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

  @Test
  void copy() {
    CopyBenchmark benchmark = new CopyBenchmark();
    benchmark.elements = 1280;
    benchmark.data();
    benchmark.copy();
    assertEquals(-1, benchmark.from.mismatch(benchmark.to), "the copy differs");
  }
}
