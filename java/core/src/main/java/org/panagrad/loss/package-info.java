/**
 * Losses of a batch, with their gradients. docs/choosing-a-loss.md says which to take.
 *
 * <p>A {@link org.panagrad.loss.LossCall} evaluates each {@link org.panagrad.loss.Loss}; most have a factory in
 * {@link org.panagrad.loss.Losses}:
 * <ul>
 * <li>of elements: {@link org.panagrad.loss.ElementwiseLoss}; of rows: {@link org.panagrad.loss.RowwiseLoss};
 * <li>of a whole row or batch: {@link org.panagrad.loss.RootMeanSquaredError}, {@link org.panagrad.loss.Dice},
 * {@link org.panagrad.loss.Tversky};
 * <li>of sequences: {@link org.panagrad.loss.SequenceCrossEntropy};
 * <li>of few labels: {@link org.panagrad.loss.PseudoLabels}, {@link org.panagrad.loss.Consistency};
 * <li>of others: {@link org.panagrad.loss.SumOfLosses}.
 * </ul>
 *
 * <p>What has other arguments than a prediction and a target is evaluated by itself:
 * <ul>
 * <li>several heads: {@link org.panagrad.loss.CombinedLoss}, {@link org.panagrad.loss.DetectorLoss},
 * {@link org.panagrad.loss.Adversarial};
 * <li>a mean and a variance: {@link org.panagrad.loss.GaussianNll}, {@link org.panagrad.loss.GaussianKl};
 * <li>the layer before the logits: {@link org.panagrad.loss.LinearCrossEntropy};
 * <li>embeddings and scores: {@link org.panagrad.loss.TripletMargin}, {@link org.panagrad.loss.Contrastive},
 * {@link org.panagrad.loss.CosineEmbedding}, {@link org.panagrad.loss.MarginRanking},
 * {@link org.panagrad.loss.InfoNce}, {@link org.panagrad.loss.NtXent};
 * <li>boxes: {@link org.panagrad.loss.BoxLoss}; frames without an alignment: {@link org.panagrad.loss.Ctc};
 * <li>parameters: {@link org.panagrad.loss.Penalty}.
 * </ul>
 */
@NullMarked
package org.panagrad.loss;

import org.jspecify.annotations.NullMarked;
