package org.panagrad.app;

import org.panagrad.train.Evaluation;
import org.panagrad.train.History;
import org.panagrad.train.Progress;
import org.panagrad.train.TrainingListener;

/** Ends a run that has diverged: what it would save could not even be read back. */
final class FiniteLoss implements TrainingListener {
  private final double rate;

  FiniteLoss(double rate) {
    this.rate = rate;
  }

  @Override
  public void onTrainingBatch(Progress progress) {
    if (!Double.isFinite(progress.loss())) {
      throw diverged(
          "the loss is " + progress.loss() + " at step " + progress.batch() + " of epoch " + progress.epoch());
    }
  }

  /** The last step's update shows here at the earliest. */
  @Override
  public void onEpoch(History.Epoch epoch) {
    Evaluation validation = epoch.validation();
    if (validation != null && !Double.isFinite(validation.loss())) {
      throw diverged("the validation loss is " + validation.loss() + " after epoch " + epoch.number());
    }
  }

  private Failure diverged(String evidence) {
    return new Failure(evidence + ": training has diverged, try a --lr smaller than " + rate + "; nothing was saved");
  }
}
