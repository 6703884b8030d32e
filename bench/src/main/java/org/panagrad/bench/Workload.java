package org.panagrad.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.panagrad.data.ArrayDataset;
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.Dataset;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.Losses;
import org.panagrad.nn.Conv2D;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Flatten;
import org.panagrad.nn.Input;
import org.panagrad.nn.Lstm;
import org.panagrad.nn.MaxPool2D;
import org.panagrad.nn.Sequential;
import org.panagrad.optim.Adam;
import org.panagrad.train.Model;

/** Networks that are measured whole. */
public enum Workload {
  /** 28x28 images, 93,322 parameters. */
  CNN(784) {
    @Override
    Sequential network() {
      return Sequential.of(Input.image(28, 28, 1), Conv2D.of(32, 3).relu(), MaxPool2D.of(2), Conv2D.of(64, 3).relu(),
          MaxPool2D.of(2), Conv2D.of(64, 3).relu(), Flatten.of(), Dense.of(64).relu(), Dense.of(10));
    }

    @Override
    List<MatrixShape> products(long batch) {
      List<MatrixShape> all = new ArrayList<>();
      all.addAll(MatrixShape.convolution(batch, 26 * 26, 9, 32, false));
      all.addAll(MatrixShape.convolution(batch, 11 * 11, 9 * 32, 64, true));
      all.addAll(MatrixShape.convolution(batch, 3 * 3, 9 * 64, 64, true));
      all.addAll(MatrixShape.dense(batch, 576, 64, true));
      all.addAll(MatrixShape.dense(batch, 64, 10, true));
      return all;
    }
  },
  /** 784-128-10. */
  MLP(784) {
    @Override
    Sequential network() {
      return Sequential.of(Input.features(784), Dense.of(128).relu(), Dense.of(10));
    }

    @Override
    List<MatrixShape> products(long batch) {
      List<MatrixShape> all = new ArrayList<>(MatrixShape.dense(batch, 784, 128, false));
      all.addAll(MatrixShape.dense(batch, 128, 10, true));
      return all;
    }
  },
  /** 64-128-64-10. */
  SMALL_MLP(64) {
    @Override
    Sequential network() {
      return Sequential.of(Input.features(64), Dense.of(128).relu(), Dense.of(64).relu(), Dense.of(10));
    }

    @Override
    List<MatrixShape> products(long batch) {
      List<MatrixShape> all = new ArrayList<>(MatrixShape.dense(batch, 64, 128, false));
      all.addAll(MatrixShape.dense(batch, 128, 64, true));
      all.addAll(MatrixShape.dense(batch, 64, 10, true));
      return all;
    }
  },
  /** 28 steps of 28 features, 128 units. */
  LSTM(784) {
    @Override
    Sequential network() {
      return Sequential.of(Input.sequence(28, 28), Lstm.of(128), Dense.of(10));
    }

    @Override
    List<MatrixShape> products(long batch) {
      List<MatrixShape> all = new ArrayList<>(MatrixShape.dense(28 * batch, 28, 512, false));
      all.add(new MatrixShape(batch, 512, 128, false, 27)); // of each step's state but the first
      all.add(new MatrixShape(batch, 128, 512, false, 27)); // its gradient
      all.add(new MatrixShape(128, 512, 28 * batch, true, 1)); // the recurrent weights'
      all.addAll(MatrixShape.dense(batch, 128, 10, true));
      return all;
    }
  };

  /** The learning rate. */
  public static final double RATE = 1e-8;

  /** Of every network. */
  public static final int CLASSES = 10;

  private final int features;

  Workload(int features) {
    this.features = features;
  }

  abstract Sequential network();

  /** The matrix products of a training step. */
  abstract List<MatrixShape> products(long batch);

  /** Numbers of a sample. */
  public int features() {
    return features;
  }

  /**
   * A model to be trained by Adam, so slowly that a million steps leave it as it is. At a usual rate units die on a batch
   * that is always the same, their moments decay to denormals and stay there, and a step takes twice as long.
   */
  public Model model(Compute compute) {
    return model(compute, RATE);
  }

  /** The same model with another learning rate, always of the same initial parameters. */
  public Model model(Compute compute, double rate) {
    return network().on(compute).compile(Adam.of(rate), Losses.softmaxCrossEntropy());
  }

  /** A batch of this size. */
  public Batch batch(int size) {
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      labels[i] = i % CLASSES;
    }
    Dataset data = ArrayDataset.of(samples(size), labels, CLASSES);
    return new Batches(data, size).load(0);
  }

  /** Samples of noise, one after the other. */
  public float[] samples(int count) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    float[] samples = new float[count * features];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextFloat();
    }
    return samples;
  }
}
