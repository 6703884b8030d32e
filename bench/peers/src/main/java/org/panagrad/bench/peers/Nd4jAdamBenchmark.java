package org.panagrad.bench.peers;

import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.panagrad.bench.Data;
import org.panagrad.bench.UpdaterBenchmark;

/** What UpdaterBenchmark measures of Adam, by ND4J: its operator, into arrays that are there, and a subtraction. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class Nd4jAdamBenchmark {
  @Param({"1x25000000", "1x262144", "1x4096", "1x1000", "200x1000"})
  public String shape;

  INDArray[] parameters;
  private INDArray[] gradients, updates, first, second;
  private int steps;

  @Setup
  public void data() {
    UpdaterBenchmark ours = new UpdaterBenchmark();
    ours.shape = shape;
    ours.data();
    int n = ours.parameters.size();
    parameters = new INDArray[n];
    gradients = new INDArray[n];
    updates = new INDArray[n];
    first = new INDArray[n];
    second = new INDArray[n];
    for (int i = 0; i < n; i++) {
      parameters[i] = Nd4j.createFromArray(Data.toArray(ours.parameters.get(i)));
      gradients[i] = Nd4j.createFromArray(Data.toArray(ours.gradients.get(i)));
      updates[i] = Nd4j.zeros(DataType.FLOAT, parameters[i].length());
      first[i] = updates[i].dup();
      second[i] = updates[i].dup();
    }
  }

  @Benchmark
  public void step() {
    double epsilon = 1e-8 * Math.sqrt(1 - Math.pow(0.999, steps + 1)); // ours is added after the correction of the bias
    for (int i = 0; i < parameters.length; i++) {
      Nd4j.exec(new AdamUpdater(gradients[i], second[i], first[i], updates[i], second[i], first[i],
          UpdaterBenchmark.RATE, 0.9, 0.999, epsilon, steps));
      parameters[i].subi(updates[i]);
    }
    steps++;
  }
}
