package org.panagrad.loss;

import java.util.ArrayList;
import java.util.List;

/** Each loss that a model can be trained with, with options that are not the defaults, all words of each option. */
public final class LossSamples {
  private LossSamples() {
  }

  /** A loss that is missing here fails {@link LossReaderTest}. */
  public static List<Loss> all() {
    List<Loss> all = new ArrayList<>(List.of(Losses.meanSquaredError(), Losses.rootMeanSquaredError(),
        Losses.meanAbsoluteError(), Losses.huber(0.75), Losses.smoothL1(0.5), Losses.logCosh(), Losses.quantile(0.9),
        Losses.meanSquaredLogarithmicError(), Losses.meanAbsolutePercentageError(), Losses.poissonNll(),
        Losses.poissonNll(false, true, 1e-3), Losses.generalRobust(-2.5, 3),
        Losses.generalRobust(Double.NEGATIVE_INFINITY, 0.5), Losses.binaryCrossEntropy(),
        Losses.binaryCrossEntropy(3, 0.1), Losses.binaryCrossEntropy(new float[]{0.1f, 1, 2.5f}, 0.2),
        Losses.binaryCrossEntropyOfProbabilities(), Losses.focal(2), Losses.focal(1.5, 0.25), Losses.hinge(),
        Losses.squaredHinge(), Losses.leastSquares(), Losses.wasserstein(), Losses.kullbackLeibler(),
        Losses.kullbackLeibler(true), Losses.softmaxCrossEntropy(),
        Losses.softmaxCrossEntropy().classWeight(0.1f, 2, 3).ignoreIndex(-100).labelSmoothing(0.1).zLoss(1e-4),
        Losses.softmaxCrossEntropyOfProbabilities().labelSmoothing(0.25), Losses.focalSoftmax(2).ignoreIndex(1),
        Losses.entropy(), Losses.nll().classWeight(1, 2, 0.3f), Losses.multiClassHinge(), Losses.zeroOne(),
        Losses.dice(), Losses.dice().smooth(0.5).fromLogits(false).perSample(false), Losses.tversky(0.3, 0.7),
        Losses.tversky(0.25, 1).smooth(0).fromLogits(false).perSample(false)));
    for (SequenceCrossEntropy.Layout layout : SequenceCrossEntropy.Layout.values()) {
      for (SequenceCrossEntropy.Mean mean : SequenceCrossEntropy.Mean.values()) {
        all.add(SequenceCrossEntropy.of(Losses.nll()).layout(layout).mean(mean).ignoreIndex(2));
      }
    }
    for (PseudoLabels.Divisor divisor : PseudoLabels.Divisor.values()) {
      all.add(PseudoLabels.of(0.36).divisor(divisor).loss(Losses.focalSoftmax(1)));
    }
    for (Consistency.Kind kind : Consistency.Kind.values()) {
      all.add(Consistency.of(kind));
    }
    for (Adversarial.Form form : Adversarial.Form.values()) {
      for (Adversarial.Side side : Adversarial.Side.values()) {
        all.add(Adversarial.of(form).loss(side));
      }
    }
    all.add(Losses.adaptiveRobust());
    all.add(SumOfLosses.of(CombinedLoss.part("class", 1, Losses.softmaxCrossEntropy().zLoss(0.01)),
        CombinedLoss.part("entropy", -0.1, Losses.entropy())));
    return all;
  }
}
