package org.panagrad.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.data.Batches;
import org.panagrad.data.Dataset;
import org.panagrad.data.SyntheticDigits;
import org.panagrad.kernel.Backends;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Product;
import org.panagrad.loss.Losses;
import org.panagrad.nn.Conv2D;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Flatten;
import org.panagrad.nn.Input;
import org.panagrad.nn.MaxPool2D;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Optimizer;
import org.panagrad.optim.RmsProp;
import org.panagrad.optim.Sgd;

/** A training run gives the same bits on every backend and any number of threads: hashes of one JVM are compared. */
class TrainingBitsTest {
  private static final long SEED = 42;
  /** Of twenty steps, and of four where what is asked shows at once. */
  private static final int EPOCHS = 5, FEW = 1;
  private static final int BATCH = 6;

  /** What a run computes with. */
  private record Setup(Kernels kernels, Product.Choice product, int threads) {
    @Override
    public String toString() {
      return kernels.name() + ", " + product + ", threads " + threads;
    }
  }

  private static List<Setup> setups(Product.Choice product, int mostThreads) {
    List<Setup> setups = new ArrayList<>();
    for (Kernels kernels : Backends.all()) {
      for (int threads = 1; threads <= mostThreads; threads++) {
        setups.add(new Setup(kernels, product, threads));
      }
    }
    return setups;
  }

  /** SHA-256 over the losses of all steps and the weights at the end. */
  private static String train(Setup setup, Sequential network, Optimizer optimizer, int epochs, int batch,
      int plannedFirst) {
    ByteBuffer losses = ByteBuffer.allocate(8 * 4 * epochs);
    // three whole batches and a smaller one: four steps an epoch
    try (Dataset data = SyntheticDigits.generate(4 * batch - 2, SEED);
        Compute compute = Compute.of(setup.kernels, setup.product, setup.threads);
        Model model = network.seed(SEED).on(compute).compile(optimizer, Losses.softmaxCrossEntropy())) {
      if (plannedFirst > 0) {
        model.predict(new float[plannedFirst * 28 * 28], new float[plannedFirst * 10], plannedFirst);
      }
      Batches batches = new Batches(data, batch);
      for (int epoch = 0; epoch < epochs; epoch++) {
        batches.shuffle(SEED, epoch);
        for (int i = 0; i < batches.count(); i++) {
          losses.putDouble(Networks.step(model, batches.load(i)));
        }
      }
      assertEquals(0, losses.remaining(), "four steps an epoch");
      return hash(losses, model.snapshot());
    }
  }

  private static String hash(ByteBuffer losses, float[] weights) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * weights.length);
    bytes.asFloatBuffer().put(weights);
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(losses.flip());
      digest.update(bytes);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has SHA-256", e);
    }
  }

  private static String requireOneHash(List<Setup> setups, Sequential network, Optimizer optimizer, int epochs,
      int batch) {
    Map<String, String> hashes = new LinkedHashMap<>();
    for (Setup setup : setups) {
      hashes.put(setup.toString(), train(setup, network, optimizer, epochs, batch, 0));
    }
    assertEquals(1, new HashSet<>(hashes.values()).size(),
        () -> "seed " + SEED + ", " + optimizer + ": "
            + String.join("\n", hashes.toString().split(", (?=\\w+ ?\\w*,)")));
    String hash = hashes.values().iterator().next();
    System.out.println(optimizer + ", seed " + SEED + ", " + setups.size() + " setups: " + hash);
    return hash;
  }

  @Test
  void twentyStepsOfTheNetworkOfDigits() {
    requireOneHash(setups(Product.Choice.BUILTIN, 3), Networks.digits(), Adam.of(1e-3), EPOCHS, BATCH);
  }

  @Test
  void openBlasOnAnyNumberOfThreads() {
    assumeTrue(Product.missing() == null, () -> "no OpenBLAS: " + Product.missing());
    requireOneHash(setups(Product.Choice.OPENBLAS, 2), Networks.digits(), Adam.of(1e-3), EPOCHS, BATCH);
  }

  @Test
  void aLargerPlanChangesNothing() {
    Setup setup = new Setup(Backends.all().getLast(), Product.Choice.BUILTIN, 2);
    assertEquals(train(setup, Networks.digits(), Adam.of(1e-3), EPOCHS, BATCH, 0),
        train(setup, Networks.digits(), Adam.of(1e-3), EPOCHS, BATCH, 3 * BATCH));
  }

  /** Nine tiles of the convolution make eight groups, one of them of two tiles. */
  @Test
  void groupsOfTiles() {
    Sequential network = Sequential.of(Input.image(28, 28, 1), Conv2D.of(32, 3).relu(), MaxPool2D.of(4), Flatten.of(),
        Dense.of(10));
    requireOneHash(setups(Product.Choice.BUILTIN, 3), network, Sgd.of(0.1), FEW, 27);
  }

  /** More than 2^16 parameters: two parts of an update. */
  private static Sequential wide() {
    return Sequential.of(Input.image(28, 28, 1), Flatten.of(), Dense.of(90).relu(), Dense.of(10));
  }

  static List<Optimizer> optimizers() {
    return List.of(Sgd.of(0.1), Sgd.momentum(0.1, 0.9), Optimizer.of(0.1, new Sgd(0.9, 0.5, false, false)),
        RmsProp.of(1e-3), Adam.of(1e-3));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void everyOptimizer(Optimizer optimizer) {
    requireOneHash(setups(Product.Choice.BUILTIN, 3), wide(), optimizer, EPOCHS, 2 * BATCH);
  }

  @Test
  void seedsAndOptimizersDiffer() {
    Setup setup = new Setup(Backends.all().getLast(), Product.Choice.BUILTIN, 1);
    String adam = train(setup, wide(), Adam.of(1e-3), EPOCHS, BATCH, 0);
    assertNotEquals(adam, train(setup, wide(), Adam.of(2e-3), EPOCHS, BATCH, 0));
    assertNotEquals(adam, train(setup, wide(), RmsProp.of(1e-3), EPOCHS, BATCH, 0));
  }
}
