package org.panagrad.bench;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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
import org.panagrad.loss.Loss;
import org.panagrad.loss.Losses;

/** An elementwise loss, value and gradient: 12 bytes an element (two reads, one write). */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ElementLossBenchmark implements Measured {
  @Param({"meanSquaredError", "meanAbsoluteError", "huber", "smoothL1", "logCosh", "quantile",
      "meanSquaredLogarithmicError", "meanAbsolutePercentageError", "poissonNll", "generalRobust", "binaryCrossEntropy",
      "binaryCrossEntropyOfProbabilities", "focal", "hinge", "squaredHinge", "leastSquares", "wasserstein",
      "kullbackLeibler"})
  public String loss;

  @Param({"4096", "16000000"})
  public int elements;

  @Param("native")
  public String memory;

  private static final Set<String> EXPONENTIAL = Set.of("logCosh", "meanSquaredLogarithmicError", "poissonNll",
      "generalRobust", "binaryCrossEntropy", "binaryCrossEntropyOfProbabilities", "focal", "kullbackLeibler");

  public MemorySegment prediction, target, gradient;
  private Loss function;

  /** Numbers that every loss takes: probabilities, but for the targets of the hinges. */
  @Setup
  public void data() {
    boolean signs = loss.equals("hinge") || loss.equals("squaredHinge");
    prediction = Data.floats(memory, elements, 0.01f, 0.99f, 1);
    target = signs ? Data.floats(memory, elements, 1, 1, 2) : Data.floats(memory, elements, 0.01f, 0.99f, 2);
    gradient = Data.floats(memory, elements, 0, 0, 3);
    function = function();
  }

  private Loss function() {
    return switch (loss) {
      case "meanSquaredError" -> Losses.meanSquaredError();
      case "meanAbsoluteError" -> Losses.meanAbsoluteError();
      case "huber" -> Losses.huber(1);
      case "smoothL1" -> Losses.smoothL1(1);
      case "logCosh" -> Losses.logCosh();
      case "quantile" -> Losses.quantile(0.3);
      case "meanSquaredLogarithmicError" -> Losses.meanSquaredLogarithmicError();
      case "meanAbsolutePercentageError" -> Losses.meanAbsolutePercentageError();
      case "poissonNll" -> Losses.poissonNll();
      case "generalRobust" -> Losses.generalRobust(1, 1);
      case "binaryCrossEntropy" -> Losses.binaryCrossEntropy();
      case "binaryCrossEntropyOfProbabilities" -> Losses.binaryCrossEntropyOfProbabilities();
      case "focal" -> Losses.focal(2);
      case "hinge" -> Losses.hinge();
      case "squaredHinge" -> Losses.squaredHinge();
      case "leastSquares" -> Losses.leastSquares();
      case "wasserstein" -> Losses.wasserstein();
      case "kullbackLeibler" -> Losses.kullbackLeibler();
      default -> throw new IllegalArgumentException("no such loss: " + loss);
    };
  }

  @Benchmark
  public double valueAndGradient(BackendState side) {
    return side.call.of(prediction, target, gradient, 1, elements).evaluate(function);
  }

  /** The greater limit: three floats of each element, or an exponential where the loss has one. */
  @Override
  public Work work(String method) {
    return Work.of(elements, Work.Stream.COPY, 12.0 * elements).exps(EXPONENTIAL.contains(loss) ? elements : 0);
  }
}
